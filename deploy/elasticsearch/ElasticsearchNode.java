import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginBundle;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * Runs one Elasticsearch node until the process is told to stop. The only argument is the node's home, which holds
 * config/elasticsearch.yml, config/log4j2.properties and modules/.
 *
 * The server's own main class expects the distribution around it (its command line tool, entitlement agent and native
 * libraries), none of which is on Maven Central; a Node can be made without them.
 *
 * With -Dthreadline.follow-stdin=true the node ends when its standard input does, so that a test that crashes leaves
 * no server behind.
 */
public final class ElasticsearchNode {
  private ElasticsearchNode() {}

  public static void main(String[] arguments) throws Exception {
    Path home = Path.of(arguments[0]).toAbsolutePath();
    Path config = home.resolve("config");
    System.setProperty("es.path.conf", config.toString());
    LogConfigurator.registerErrorListener();
    LogConfigurator.configureESLogging();
    Environment environment =
        InternalSettingsPreparer.prepareEnvironment(
            Settings.builder().put("path.home", home.toString()).build(), Map.of(), config, () -> "threadline");
    LogConfigurator.configure(environment, true);

    Node node =
        new Node(
            environment,
            PluginsLoader.createPluginsLoader(
                bundles("loadModulesBundles", environment.modulesDir()),
                bundles("loadPluginsBundles", environment.pluginsDir()),
                Map.of(),
                false));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node), "close-node"));
    node.start();

    if (Boolean.getBoolean("threadline.follow-stdin")) {
      while (System.in.read() >= 0) {
        // Nothing is sent here; only the end matters.
      }
      System.exit(0);
    }
    Thread.currentThread().join();
  }

  /** In 9 these take a second argument, which 8 does not have. */
  @SuppressWarnings("unchecked")
  private static Set<PluginBundle> bundles(String name, Path directory) throws ReflectiveOperationException {
    for (Method method : PluginsLoader.class.getMethods()) {
      if (!method.getName().equals(name)) continue;
      Object found = method.getParameterCount() == 1 ? method.invoke(null, directory) : method.invoke(null, directory, false);
      return (Set<PluginBundle>) found;
    }
    throw new NoSuchMethodException(name);
  }

  private static void close(Node node) {
    try {
      node.close();
    } catch (IOException failure) {
      failure.printStackTrace();
    }
  }
}
