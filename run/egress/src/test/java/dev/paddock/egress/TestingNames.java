package dev.paddock.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A resolver that knows what it was told; the last answer to a name is repeated. */
final class TestingNames implements NameLookup {
  private final Map<String, Deque<List<InetAddress>>> answers = new ConcurrentHashMap<>();
  final List<String> asked = new ArrayList<>();

  TestingNames with(String name, String... addresses) {
    List<InetAddress> answer = new ArrayList<>();
    for (String address : addresses) {
      answer.add(address(address));
    }
    answers.computeIfAbsent(name, n -> new ArrayDeque<>()).add(answer);
    return this;
  }

  static InetAddress address(String text) {
    return (text.indexOf(':') >= 0 ? IpText.parseV6(text) : IpText.parseV4(text)).orElseThrow();
  }

  @Override
  public synchronized List<InetAddress> addresses(String name) throws UnknownHostException {
    asked.add(name);
    // as the C library sees it, which strict reading must never let it
    Deque<List<InetAddress>> known = answers.get(name.replaceFirst("[\\x00\\\\].*", ""));
    if (known == null) {
      throw new UnknownHostException(name);
    }
    return known.size() > 1 ? known.removeFirst() : known.getFirst();
  }
}
