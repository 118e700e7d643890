package dev.paddock.egress;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Header fields in their order; values are bytes as ISO 8859-1. */
record Headers(List<Field> fields) {
  static final Headers NONE = new Headers(List.of());

  /** RFC 9110 5.1 and 5.6.2. */
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}");

  /** What concerns one connection only: RFC 9110 7.6.1. */
  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "proxy-authorization",
          "proxy-authenticate",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  Headers {
    fields = List.copyOf(fields);
  }

  /** A field. */
  record Field(String name, String value) {
    boolean is(String other) {
      return name.equalsIgnoreCase(other);
    }
  }

  /** Reads one line of a head. */
  static Field parse(String line) throws BadMessage {
    int colon = line.indexOf(':');
    if (line.startsWith(" ") || line.startsWith("\t")) {
      throw new BadMessage("a header field is folded over lines");
    }
    if (colon <= 0 || !TOKEN.matcher(line.substring(0, colon)).matches()) {
      throw new BadMessage("not a header field: " + Text.quoted(line));
    }
    return new Field(line.substring(0, colon), line.substring(colon + 1).strip());
  }

  List<String> all(String name) {
    return fields.stream().filter(field -> field.is(name)).map(Field::value).toList();
  }

  /** The value of a field that must not stand there twice. */
  Optional<String> single(String name) throws BadMessage {
    List<String> values = all(name);
    if (values.size() > 1) {
      throw new BadMessage("the header field " + name + " stands there more than once");
    }
    return values.stream().findFirst();
  }

  /** Whether a field that is a list has this member, in any case. */
  boolean lists(String name, String member) {
    return all(name).stream()
        .flatMap(value -> Pattern.compile(",").splitAsStream(value))
        .anyMatch(each -> each.strip().equalsIgnoreCase(member));
  }

  Headers without(String... names) {
    Set<String> gone = Set.of(names);
    return new Headers(
        fields.stream().filter(f -> !gone.contains(f.name().toLowerCase(Locale.ROOT))).toList());
  }

  Headers with(String name, String value) {
    List<Field> more = new ArrayList<>(fields);
    more.add(new Field(name, value));
    return new Headers(more);
  }

  Headers mapValues(UnaryOperator<Field> change) {
    return new Headers(fields.stream().map(change).toList());
  }

  /** Without what concerns this connection only, and without what it says concerns it only. */
  Headers endToEnd() {
    return new Headers(
        fields.stream()
            .filter(field -> !HOP_BY_HOP.contains(field.name().toLowerCase(Locale.ROOT)))
            .filter(field -> field.is("host") || !lists("connection", field.name()))
            .toList());
  }

  void appendTo(StringBuilder head) {
    fields.forEach(f -> head.append(f.name()).append(": ").append(f.value()).append("\r\n"));
  }
}
