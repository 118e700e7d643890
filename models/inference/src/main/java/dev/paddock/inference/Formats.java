package dev.paddock.inference;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The values of {@code format} (JSON Schema Validation 2020-12, section 7.3) as expressions. */
final class Formats {
  private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final String IPV4 = OCTET + "(\\." + OCTET + "){3}";
  private static final String GROUP = "[0-9a-fA-F]{1,4}";
  private static final String LABEL = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,28}[a-zA-Z0-9])?";
  // at most 8 labels of 30 characters keep below the 253 that a host name may have
  private static final String HOST = LABEL + "(\\." + LABEL + "){0,7}";
  private static final String DATE =
      "(\\d{4}-((0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])|(0[469]|11)-(0[1-9]|[12]\\d|30)"
          + "|02-(0[1-9]|1\\d|2[0-8]))"
          + "|(\\d\\d(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)";
  private static final String OFFSET = "(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)";
  private static final String TIME = "([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,9})?" + OFFSET;
  private static final String PCHAR = "([a-zA-Z0-9._~!$&'()*+,;=:@-]|%[0-9a-fA-F]{2})";
  private static final String SEGMENTS = "(/" + PCHAR + "*)*";
  private static final String AUTHORITY = "//" + HOST + "(:\\d{1,5})?";
  private static final String TAIL = "(\\?(" + PCHAR + "|[/?])*)?(#(" + PCHAR + "|[/?])*)?";
  private static final String URI =
      "[a-zA-Z][a-zA-Z0-9+.-]*:("
          + AUTHORITY
          + SEGMENTS
          + "|"
          + PCHAR
          + "+"
          + SEGMENTS
          + ")"
          + TAIL;
  private static final String ATOM = "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]{1,15}";
  private static final String DURATION_TIME = "T(\\d+H(\\d+M(\\d+S)?)?|\\d+M(\\d+S)?|\\d+S)";

  private static final Map<String, String> PATTERNS =
      Map.ofEntries(
          Map.entry("date", DATE),
          Map.entry("time", TIME),
          Map.entry("date-time", DATE + "T" + TIME),
          Map.entry(
              "duration",
              "P(\\d+W|(\\d+Y(\\d+M(\\d+D)?)?|\\d+M(\\d+D)?|\\d+D)("
                  + DURATION_TIME
                  + ")?|"
                  + DURATION_TIME
                  + ")"),
          Map.entry("email", ATOM + "(\\." + ATOM + "){0,3}@(" + LABEL + "\\.){1,7}[a-zA-Z]{2,6}"),
          Map.entry("hostname", HOST),
          Map.entry("ipv4", IPV4),
          Map.entry("ipv6", ipv6()),
          Map.entry("uuid", "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
          Map.entry("uri", URI),
          Map.entry("uri-reference", "(" + URI + "|" + SEGMENTS + TAIL + ")"),
          Map.entry("json-pointer", "(/([^/~]|~[01])*)*"));

  private static final Set<String> REFUSED =
      Set.of(
          "idn-email",
          "idn-hostname",
          "iri",
          "iri-reference",
          "uri-template",
          "relative-json-pointer",
          "regex");

  private static final Map<String, Dfa> BUILT = new ConcurrentHashMap<>();

  private Formats() {}

  /** The contents of strings of the format; empty if it is no format of the standard. */
  static Optional<Dfa> contents(String format) {
    if (REFUSED.contains(format)) {
      throw RegexParser.unsupported("the value \"" + format + "\"");
    }
    String pattern = PATTERNS.get(format);
    return pattern == null
        ? Optional.empty()
        : Optional.of(BUILT.computeIfAbsent(format, f -> Regex.search("^(" + pattern + ")$")));
  }

  private static String ipv6() {
    StringBuilder forms = new StringBuilder("(");
    forms.append("(").append(GROUP).append(":){7}").append(GROUP);
    forms.append("|(").append(GROUP).append(":){6}").append(IPV4);
    // one run of zeros is left out: n groups before the gap, at most 6 - n after it
    for (int before = 0; before <= 6; before++) {
      String head = before == 0 ? ":" : "(" + GROUP + ":){" + before + "}";
      int after = 6 - before;
      forms.append("|").append(head).append(":");
      if (after > 0) {
        forms.append("(").append(GROUP).append("(:").append(GROUP).append("){0,");
        forms.append(after - 1).append("})?");
      }
    }
    for (int before = 0; before <= 4; before++) {
      String head = before == 0 ? ":" : "(" + GROUP + ":){" + before + "}";
      forms.append("|").append(head).append(":(").append(GROUP).append(":){0,");
      forms.append(4 - before).append("}").append(IPV4);
    }
    return forms.append(")").toString();
  }
}
