package dev.paddock.agent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code environment} of {@code agent.yaml}. */
final class EnvironmentYaml {
  private static final List<String> LIMITS =
      List.of(
          "memory",
          "processes",
          "cpu",
          "workspace",
          "file",
          "open_files",
          "io",
          "output",
          "command");
  private static final List<String> SIZES = List.of("memory", "workspace", "file", "io", "output");
  private static final Pattern HOST =
      Pattern.compile("\\*|(\\*\\.)?[a-zA-Z0-9]([a-zA-Z0-9.-]{0,252})(:\\d{1,5})?");
  private static final Pattern PORT = Pattern.compile("\\d{1,5}");
  private static final Pattern METHOD = Pattern.compile("[A-Z]{1,20}");
  private static final int MAX_HOSTS = 256;
  private static final int LAST_PORT = 65_535;

  private final Problems problems;

  EnvironmentYaml(Problems problems) {
    this.problems = problems;
  }

  EnvironmentRule read(Fields fields) {
    fields.onlyKeys(List.of("hosts", "ask", "limits"));
    return new EnvironmentRule(
        fields.find("hosts").map(this::hosts).orElse(List.of()),
        fields.flag("ask").orElse(false),
        fields.mapping("limits").map(EnvironmentYaml::limits).orElse(EnvironmentRule.Limits.NONE));
  }

  private List<HostRule> hosts(YamlValue value) {
    if (!(value instanceof YamlValue.Sequence list)) {
      problems.add(
          value.line(), "hosts in environment must be a list, not %s".formatted(value.kind()));
      return List.of();
    }
    if (list.items().size() > MAX_HOSTS) {
      problems.add(value.line(), "at most %d hosts in environment".formatted(MAX_HOSTS));
    }
    List<HostRule> rules = new ArrayList<>();
    for (YamlValue item : list.items()) {
      switch (item) {
        case YamlValue.Scalar scalar -> host(scalar).map(HostRule::of).ifPresent(rules::add);
        case YamlValue.Mapping mapping -> rule(mapping).ifPresent(rules::add);
        case YamlValue.Sequence other ->
            problems.add(other.line(), "a host is a name or a mapping, not a list");
      }
    }
    return List.copyOf(rules);
  }

  private Optional<String> host(YamlValue.Scalar host) {
    if (host.json().isNull() || !HOST.matcher(host.text()).matches()) {
      problems.add(
          host.line(),
          "%s is no host; write a name such as example.org or *.example.org"
              .formatted(host.kind()));
      return Optional.empty();
    }
    return Optional.of(host.text().toLowerCase(Locale.ROOT));
  }

  private Optional<HostRule> rule(YamlValue.Mapping mapping) {
    Fields fields = new Fields(problems, mapping, " in a host");
    fields.onlyKeys(List.of("host", "ports", "methods", "paths", "tcp"));
    if (!(fields.find("host").orElse(null) instanceof YamlValue.Scalar named)) {
      problems.add(mapping.line(), "a host's mapping needs \"host\", a name");
      return Optional.empty();
    }
    List<Integer> ports =
        texts(fields, "ports", PORT, "a port, 1 to 65535").stream()
            .map(Integer::valueOf)
            .filter(port -> inRange(fields, port))
            .toList();
    List<String> methods = texts(fields, "methods", METHOD, "a method in capitals, such as GET");
    List<String> paths =
        texts(fields, "paths", Pattern.compile("/.{0,1000}"), "a path that begins with /");
    boolean tcp = fields.flag("tcp").orElse(false);
    Optional<String> host = host(named);
    boolean narrowed = !ports.isEmpty() || !methods.isEmpty() || !paths.isEmpty() || tcp;
    if (host.filter(HostRule.ANY::equals).isPresent() && narrowed) {
      problems.add(mapping.line(), "the host * is every public host and takes nothing beside it");
      return Optional.empty();
    }
    return host.map(name -> new HostRule(name, ports, methods, paths, tcp));
  }

  private boolean inRange(Fields fields, int port) {
    if (port >= 1 && port <= LAST_PORT) {
      return true;
    }
    problems.add(fields.line("ports"), "\"%d\" is no port, 1 to 65535".formatted(port));
    return false;
  }

  private List<String> texts(Fields fields, String key, Pattern form, String what) {
    List<String> texts = new ArrayList<>();
    for (YamlValue.Scalar text : fields.texts(key)) {
      if (form.matcher(text.text()).matches()) {
        texts.add(text.text());
      } else {
        problems.add(text.line(), "%s is not %s".formatted(text.kind(), what));
      }
    }
    return texts;
  }

  private static EnvironmentRule.Limits limits(Fields fields) {
    fields.onlyKeys(LIMITS);
    Map<String, Double> values = new LinkedHashMap<>();
    for (String key : LIMITS) {
      Optional<Double> value =
          SIZES.contains(key)
              ? fields.size(key)
              : key.equals("cpu") ? fields.positive(key) : fields.count(key);
      value.ifPresent(number -> values.put(key, number));
    }
    return EnvironmentRule.Limits.of(values);
  }
}
