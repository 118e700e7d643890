package dev.paddock.egress;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A second reading of hosts and patterns, written with regular expressions and lists. */
final class ReferenceHosts {
  private static final Pattern LABEL = Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?");
  private static final Pattern NUMBER = Pattern.compile("[0-9]+|0x[0-9a-f]*");
  private static final Pattern OCTET =
      Pattern.compile("0|[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5]");
  private static final Pattern AUTHORITY = Pattern.compile("(\\[[^\\]]*\\]|[^:]*):([0-9]{1,5})");

  private ReferenceHosts() {}

  /** Labels of a name, or the four parts of an IPv4 address; IPv6 is not of interest here. */
  static Optional<List<String>> labels(String host) {
    String lower =
        Pattern.compile("[A-Z]").matcher(host).replaceAll(c -> c.group().toLowerCase(Locale.ROOT));
    List<String> labels = new ArrayList<>(List.of(lower.split("\\.", -1)));
    if (labels.size() > 1 && labels.getLast().isEmpty()) {
      labels.removeLast();
    }
    if (String.join(".", labels).length() > 253
        || !labels.stream().allMatch(label -> LABEL.matcher(label).matches())) {
      return Optional.empty();
    }
    if (NUMBER.matcher(labels.getLast()).matches()) {
      boolean address =
          labels.size() == 4 && labels.stream().allMatch(part -> OCTET.matcher(part).matches());
      return address ? Optional.of(labels) : Optional.empty();
    }
    return Optional.of(labels);
  }

  static Optional<String> authority(String text) {
    Matcher matcher = AUTHORITY.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int port = Integer.parseInt(matcher.group(2));
    return port < 1 || port > 65535
        ? Optional.empty()
        : labels(matcher.group(1)).map(labels -> String.join(".", labels) + ":" + port);
  }

  static boolean matches(List<String> pattern, boolean below, List<String> host) {
    if (!below) {
      return pattern.equals(host);
    }
    int more = host.size() - pattern.size();
    boolean address = NUMBER.matcher(host.getLast()).matches();
    return more > 0 && !address && host.subList(more, host.size()).equals(pattern);
  }
}
