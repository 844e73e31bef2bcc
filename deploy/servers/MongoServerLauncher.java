import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.ServerVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.util.List;

/**
 * Runs mongo-java-server, with its data in memory, until the process is told to stop. The arguments are the address and
 * the port to listen on.
 *
 * The library calls itself MongoDB 5.0 but announces the wire version of MongoDB 4.2, which newer drivers refuse. What
 * they send to a server of wire version 13, which is MongoDB 5.0's, it understands.
 */
public final class MongoServerLauncher {
  private static final MongoVersion MONGODB_5_0 =
      new MongoVersion() {
        @Override
        public int getWireVersion() {
          return 13;
        }

        @Override
        public List<Integer> getVersionArray() {
          return ServerVersion.MONGO_5_0.getVersionArray();
        }
      };

  private MongoServerLauncher() {}

  public static void main(String[] arguments) throws InterruptedException {
    MongoServer server = new MongoServer(new MemoryBackend().version(MONGODB_5_0));
    server.bind(arguments[0], Integer.parseInt(arguments[1]));
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow, "stop-server"));
    Thread.currentThread().join();
  }
}
