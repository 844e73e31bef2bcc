import type { Phrases } from './phrases.ts';

/** 수집기와 쿼리 언어가 영어로 하는 말. `{…}`는 그 자리의 값이며 그대로 옮긴다. */
export const koreanPhrases: Phrases = {
  sentences: {
    // 쿼리에서 틀린 곳
    '{problem} (parameter "{parameter}", position {position}).': '{problem} (매개변수 {parameter}, 위치 {position})',
    'A counted repeat is {n}, {n,} or {n,m}': '횟수를 정한 반복은 {n}, {n,} 또는 {n,m}입니다',
    'A duration is a number and its unit': '기간은 숫자와 단위로 씁니다',
    'A duration is a whole number of nanoseconds': '기간은 나노초의 정수배여야 합니다',
    'A duration is at most 292 years': '기간은 최대 292년입니다',
    'A level is a name and has no patterns': '레벨은 이름이며 패턴을 쓸 수 없습니다',
    'A pattern is of one word, and no word goes on here': '패턴은 단어 하나에만 쓸 수 있는데, 여기서 단어가 이어지지 않습니다',
    'A range is open at one end at most': '범위는 한쪽 끝만 열어 둘 수 있습니다',
    'A repeat is not repeated, and there is no lazy or possessive one': '반복을 다시 반복할 수 없고, 게으른 반복이나 독점 반복은 없습니다',
    'A set has no other set in it': '문자 집합 안에 다른 집합을 넣을 수 없습니다',
    'A value is missing here': '여기에 값이 없습니다',
    'An operator stands between two terms': '연산자는 두 조건 사이에 씁니다',
    'Four hexadecimal digits follow \\u': '\\u 뒤에는 16진수 네 자리가 옵니다',
    'Letters and digits are not escaped; a backslash itself is \\\\': '글자와 숫자는 이스케이프하지 않습니다. 역슬래시 자체는 \\\\입니다',
    'No parenthesis is open here': '여기에서 열린 괄호가 없습니다',
    'Nothing follows the backslash': '역슬래시 뒤에 아무것도 없습니다',
    'Nothing is open that this closes': '이 문자가 닫을 것이 열려 있지 않습니다',
    'Operators are words in capitals': '연산자는 대문자 단어로 씁니다',
    'Something to match stands here': '여기에는 찾을 것이 와야 합니다',
    'The end of a range has no wildcards': '범위의 끝에는 와일드카드를 쓸 수 없습니다',
    'The end of the range is missing': '범위의 끝이 없습니다',
    'The ends of a range are numbers': '범위의 양 끝은 숫자입니다',
    'The expression ends too early': '정규식이 너무 일찍 끝났습니다',
    'The field {field} has no ranges': '{field} 필드에는 범위를 쓸 수 없습니다',
    'The field {field} is one of {owner} and not of {target}': '{field} 필드는 {owner}의 필드이며 {target}의 필드가 아닙니다',
    'The field {field} takes no regular expression': '{field} 필드에는 정규식을 쓸 수 없습니다',
    'The group that opens here is never closed': '여기서 열린 그룹이 닫히지 않았습니다',
    'The key of the attribute is missing': '속성의 키가 없습니다',
    'The name of a field has no wildcards': '필드 이름에는 와일드카드를 쓸 수 없습니다',
    'The number is too long': '숫자가 너무 깁니다',
    'The parenthesis that opens at character {position} is never closed': '{position}번째 글자에서 열린 괄호가 닫히지 않았습니다',
    'The pattern has too many wildcards': '패턴에 와일드카드가 너무 많습니다',
    'The phrase has too many words': '구문에 단어가 너무 많습니다',
    'The query ends too early': '쿼리가 너무 일찍 끝났습니다',
    'The query is too large': '쿼리가 너무 큽니다',
    'The quote that opens here is never closed': '여기서 열린 따옴표가 닫히지 않았습니다',
    'The range of the set ends before it begins': '집합의 범위가 시작보다 먼저 끝납니다',
    'The regular expression is too large': '정규식이 너무 큽니다',
    'The repeat ends before it begins': '반복의 끝이 시작보다 작습니다',
    'The set is empty': '집합이 비어 있습니다',
    'The set that opens here is never closed': '여기서 열린 집합이 닫히지 않았습니다',
    'The units of a duration go from the greatest to the smallest': '기간의 단위는 큰 것부터 작은 것 순으로 씁니다',
    'The value ends here; put all of it in quotes, or a backslash before the character':
      '값이 여기서 끝납니다. 전체를 따옴표로 묶거나 이 문자 앞에 역슬래시를 쓰세요',
    'There are no anchors: the whole value always has to match': '앵커는 없습니다. 항상 값 전체가 맞아야 합니다',
    'There are no classes, anchors or back references behind a backslash': '역슬래시 뒤에 문자 클래스, 앵커, 역참조를 쓸 수 없습니다',
    'There is nothing to repeat': '반복할 것이 없습니다',
    'This character has no meaning here': '이 문자는 여기서 의미가 없습니다',
    'This field has no patterns': '이 필드에는 패턴을 쓸 수 없습니다',
    'This field has no such value': '이 필드에는 그런 값이 없습니다',
    'This is no fingerprint of an error': '오류의 지문이 아닙니다',
    'This is no id of a pattern': '패턴의 ID가 아닙니다',
    'This is not a time': '시각이 아닙니다',
    'This is not how the range that opens at character {position} goes on': '{position}번째 글자에서 열린 범위는 이렇게 이어지지 않습니다',
    'This is not the name of a level': '레벨의 이름이 아닙니다',
    'What a minus excludes follows it at once': '빼기 기호 바로 뒤에 제외할 것을 씁니다',
    // 그 자리에 올 수 있는 것
    '16 hex digits': '16진수 16자리',
    'a backslash before a special character': '특수 문자 앞의 역슬래시',
    'a duration': '기간',
    'a duration with its unit: {examples} (ns, us, ms, s, m, h, d)': '단위가 있는 기간: {examples} (ns, us, ms, s, m, h, d)',
    'a field of {target}': '{target}의 필드',
    'a group: {example}': '그룹: {example}',
    'a level': '레벨',
    'a number': '숫자',
    'a number: 500, -1.5, 2e6': '숫자: 500, -1.5, 2e6',
    'a pattern with * and ?': '*와 ?를 쓴 패턴',
    'a pattern with * or ?': '*나 ?를 쓴 패턴',
    'a phrase in quotes': '따옴표로 묶은 구문',
    'a phrase in quotes, without wildcards': '와일드카드 없이 따옴표로 묶은 구문',
    'a space': '공백',
    'a time': '시각',
    'a value': '값',
    'a value in quotes': '따옴표로 묶은 값',
    'a value without wildcards': '와일드카드 없는 값',
    'a word': '단어',
    'a word with * or ?': '*나 ?를 쓴 단어',
    'an RFC 3339 time: {example}': 'RFC 3339 시각: {example}',
    'an exact value': '정확한 값',
    'an expression that is not empty': '비어 있지 않은 식',
    'at most {count} characters and an exponent within {exponent}': '최대 {count}자, 지수는 {exponent} 이내',
    'at most {count} wildcards in a pattern': '패턴 하나에 와일드카드 최대 {count}개',
    'at most {count} words': '단어 최대 {count}개',
    'attributes.{name} for an attribute of that name': '그 이름의 속성은 attributes.{name}',
    'epoch milliseconds': '밀리초 단위 에포크 시간',
    'epoch nanoseconds': '나노초 단위 에포크 시간',
    'one word with wildcards': '와일드카드를 쓴 단어 하나',
    quotes: '따옴표',
    'quotes around text that begins with a slash': '슬래시로 시작하는 텍스트를 묶는 따옴표',
    'supported: {forms}': '쓸 수 있는 것: {forms}',
    'the character to escape': '이스케이프할 문자',
    'the end of the query': '쿼리의 끝',
    'the key of an attribute': '속성의 키',
    '{n,m} with n at most m': 'n이 m보다 크지 않은 {n,m}',
    // 답이 없거나 다 오지 않은 까닭
    'Elasticsearch at {url} cannot be reached ({cause}): start it or correct THREADLINE_ELASTICSEARCH_URL':
      '{url}의 Elasticsearch에 연결할 수 없습니다({cause}). 시작하거나 THREADLINE_ELASTICSEARCH_URL을 고치세요',
    'Elasticsearch at {url} cannot take records now ({status})': '{url}의 Elasticsearch가 지금 레코드를 받지 못합니다({status})',
    'Elasticsearch at {url} has no master: start its other nodes, or see in their logs why they do not find each other':
      '{url}의 Elasticsearch에 마스터가 없습니다. 다른 노드를 시작하거나 노드들이 서로를 찾지 못하는 이유를 로그에서 확인하세요',
    'Elasticsearch at {url} cannot take the request now ({status})': '{url}의 Elasticsearch가 지금 요청을 받지 못합니다({status})',
    'Elasticsearch at {url} has an index that is read-only ({fault}), as where a disk is nearly full: make room on it, or take the block off':
      '{url}의 Elasticsearch에 읽기 전용인 인덱스가 있습니다({fault}). 디스크가 거의 찼을 때 그렇게 됩니다. 공간을 만들거나 차단을 푸세요',
    'Elasticsearch at {url} did not answer in time': '{url}의 Elasticsearch가 제때 응답하지 않았습니다',
    'nothing can be kept in {directory} now: {problem}; senders keep their batches':
      '{directory}에 지금 아무것도 저장할 수 없습니다. {problem}. 보내는 쪽은 배치를 그대로 가지고 있습니다',
    'the disk is full: make room': '디스크가 가득 찼으니 공간을 확보하세요',
    'it, or a file in it, was removed or moved while in use: put it back, or restart the collector':
      '디렉터리나 그 안의 파일이 사용 중에 삭제되거나 옮겨졌으니 되돌려 놓거나 수집기를 다시 시작하세요',
    'the disk refuses ({code})': '디스크가 쓰기를 거부합니다({code})',
    'the collector holds {count} bytes that the storage has not taken; send again later':
      '저장소가 아직 받지 않은 {count}바이트를 수집기가 가지고 있습니다. 나중에 다시 보내세요',
    'The collector failed on this request; its log has the cause.':
      '수집기가 이 요청을 처리하지 못했습니다. 원인은 수집기의 로그에 있습니다.',
    'The service sent no spans and no logs in this time: widen the time range':
      '이 시간에 서비스가 보낸 스팬과 로그가 없습니다. 시간 범위를 넓히세요',
    'The storage did not answer within {seconds} s. Try a smaller range.':
      '저장소가 {seconds}초 안에 응답하지 않았습니다. 시간 범위를 좁히세요.',
    'the storage did not answer before the deadline: ask again, or for a shorter time range':
      '저장소가 제한 시간 안에 응답하지 않았습니다. 다시 시도하거나 시간 범위를 좁히세요',
    'the search took as long as it may: narrow its time range or its query':
      '검색이 허용된 시간을 다 썼습니다. 시간 범위나 쿼리를 좁히세요',
    'this search is more than Elasticsearch takes at a time ({type}): choose a shorter time range or a narrower query':
      'Elasticsearch가 한 번에 처리할 수 있는 것보다 큰 검색입니다({type}). 시간 범위나 쿼리를 좁히세요',
    'A live tail cannot look for a pattern: words of its messages can be looked for.':
      '실시간 보기에서는 패턴을 찾을 수 없습니다. 메시지의 단어로 찾을 수 있습니다.',
    '{form} is not supported by this storage.': '이 저장소는 {form} 형식을 지원하지 않습니다.',
    'There are {count} saved searches already: delete one first.': '저장된 검색이 이미 {count}개 있습니다. 먼저 하나를 삭제하세요.',
    'A pattern that starts with a wildcard has to read every record of the range on this storage; a narrower range or a pattern with a beginning is faster.':
      '와일드카드로 시작하는 패턴은 이 저장소에서 범위의 모든 레코드를 읽어야 합니다. 범위를 좁히거나 앞부분이 있는 패턴을 쓰면 더 빠릅니다.',
    'Not all that was acknowledged before is in the storage yet: it is on its way, and not in this answer.':
      '앞서 수신한 레코드가 아직 모두 저장되지 않았습니다. 저장되는 중이며 이 응답에는 없습니다.',
    'More spans are linked to this flow than are shown; the earliest are here.':
      '이 플로우에 링크된 스팬이 더 있습니다. 가장 이른 것부터 보여 줍니다.',
    'More traces are as slow as these than could be looked at: they are some of them.':
      '이만큼 느린 트레이스가 살펴볼 수 있는 것보다 많습니다. 그중 일부입니다.',
    'Only traces with a span of at least {duration} were looked at.': '{duration} 이상 걸린 스팬이 있는 트레이스만 살펴보았습니다.',
    'Traces were compared without their spans before {from} and from {to} on.':
      '{from} 전과 {to} 이후의 스팬은 빼고 트레이스를 비교했습니다.',
    'Traces were compared without their spans before {from}.': '{from} 전의 스팬은 빼고 트레이스를 비교했습니다.',
    'Traces were compared without their spans from {to} on.': '{to} 이후의 스팬은 빼고 트레이스를 비교했습니다.',
    'errors are counted from at most {count} records, newest first: narrow the time range':
      '오류는 최신순으로 레코드 {count}건까지만 셉니다. 시간 범위를 좁히세요',
    'errors are counted from at most {count} records of each signal, newest first, within {seconds} s: narrow the time range':
      '오류는 신호마다 최신순으로 {count}건까지, {seconds}초 안에서 셉니다. 시간 범위를 좁히세요',
    'spans that an earlier version of the collector wrote are counted up to {count}, newest first, within {seconds} s: narrow the time range':
      '이전 버전의 수집기가 쓴 스팬은 최신순으로 {count}개까지, {seconds}초 안에서 셉니다. 시간 범위를 좁히세요',
    'there are more than the {count} traces that are compared at once: narrow the time range':
      '한 번에 비교하는 트레이스 {count}건보다 많습니다. 시간 범위를 좁히세요',
    'Only the first {count} unfinished spans and reports of drops were looked at.':
      '끝나지 않은 스팬과 유실 보고 가운데 처음 {count}건만 살펴보았습니다.',
    "Clocks are those of the trace's first {count} spans.": '시계는 트레이스의 처음 {count}개 스팬 기준입니다.',
    'The flow has more than {size} spans: they are in causal order within each {each} by start, what is missing was looked for among the first {first}, and the counts are of all spans in its traces.':
      '플로우의 스팬이 {size}개가 넘습니다. 시작 순으로 {each}개씩 나눈 안에서만 인과 순서이고, 빠진 것은 처음 {first}개에서 찾았으며, 수는 트레이스의 모든 스팬 기준입니다.',
    'The id was seen over more than {count} traces: only the latest are in the list of episodes; "to" finds those before.':
      '이 ID가 트레이스 {count}건이 넘게 쓰였습니다. 구간 목록에는 최근 것만 있으며, 끝 시각을 앞당기면 이전 것이 나옵니다.',
    // 저장소의 사정
    '{type} with the standard analyzer': '표준 분석기를 쓴 {type}',
    'keyword terms for every query; typed fields up to the limit of an index':
      '모든 쿼리를 위한 키워드. 타입이 있는 필드는 인덱스 한도까지',
    'logsdb, sorted by time, newest first; the record as it was received is a stored field':
      'logsdb, 최신순 정렬. 받은 그대로의 레코드는 저장 필드에 있음',
    '{templates}, version {version} or newer': '{templates}, 버전 {version} 이상',
    '{days} days, deleted by the collector, as the cluster has no lifecycle': '{days}일, 클러스터에 수명 주기가 없어 수집기가 삭제',
    "{days} days, by the cluster's data stream lifecycle": '{days}일, 클러스터의 데이터 스트림 수명 주기에 따름',
    'by the policy {policy}': '정책 {policy}에 따름',
    none: '없음',
    server: '서버',
    url: '주소',
    dataStreams: '데이터 스트림',
    templates: '템플릿',
    message: '메시지',
    attributes: '속성',
    indexMode: '인덱스 모드',
    retention: '보존',
    engine: '엔진',
    'Parquet segments with filters': '필터가 있는 Parquet 세그먼트',
  },
  codes: {
    storage_unavailable: '저장소가 지금 응답하지 않거나 요청을 받지 못합니다. 잠시 후 다시 시도하세요.',
    deadline_exceeded: '저장소가 제한 시간 안에 응답하지 않았습니다. 다시 시도하거나 시간 범위를 좁히세요.',
    unsupported_query: '이 저장소에서 할 수 없는 검색입니다. 시간 범위나 쿼리를 좁히세요.',
    overloaded: '수집기가 한꺼번에 할 수 있는 것보다 많습니다. 잠시 후 다시 시도하세요.',
    shutting_down: '수집기가 종료하는 중입니다. 잠시 후 다시 시도하세요.',
    not_found: '찾는 것이 없습니다. 아직 오지 않았거나 보존 기간이 지났을 수 있습니다.',
    invalid_argument: '주소의 값 가운데 잘못된 것이 있습니다. 자세한 내용에 어느 것인지 있습니다.',
    unauthenticated: '읽기 키가 필요하거나 맞지 않습니다.',
    internal: '수집기가 이 요청을 처리하지 못했습니다. 원인은 수집기의 로그에 있습니다.',
    limit_reached: '더 둘 수 없습니다. 먼저 하나를 삭제하세요.',
    name_taken: '같은 이름이 이미 있습니다.',
    changed_since: '그 사이 다른 사람이 바꾸었습니다.',
  },
};
