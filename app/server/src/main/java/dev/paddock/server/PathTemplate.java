package dev.paddock.server;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A route's path: literal segments, {@code {name}} for one segment, {@code {name}:verb} for one
 * that ends so, and last {@code {name**}} or {@code **} for the rest.
 */
record PathTemplate(String text, List<Part> parts) {
  /** The more that a template fixes, the earlier it comes. */
  static final Comparator<PathTemplate> MOST_SPECIFIC_FIRST = PathTemplate::compare;

  private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}([^{}*]*)");
  private static final Pattern REST = Pattern.compile("\\{(\\w+)\\*\\*}");

  /** One segment of a template. */
  sealed interface Part {
    record Literal(String text) implements Part {}

    record Parameter(String name, String suffix) implements Part {}

    /** {@code least} segments or more. */
    record Rest(String name, int least) implements Part {}
  }

  static PathTemplate parse(String text) {
    List<Part> parts = new ArrayList<>();
    for (String segment : text.substring(1).split("/", -1)) {
      Matcher parameter = PARAMETER.matcher(segment);
      Matcher rest = REST.matcher(segment);
      if (parameter.matches()) {
        parts.add(new Part.Parameter(parameter.group(1), parameter.group(2)));
      } else if (rest.matches()) {
        parts.add(new Part.Rest(rest.group(1), 1));
      } else if (segment.equals("**")) {
        parts.add(new Part.Rest("", 0));
      } else if (segment.contains("{") || segment.contains("*")) {
        throw new IllegalArgumentException("not a path template: " + text);
      } else {
        parts.add(new Part.Literal(segment));
      }
    }
    for (int i = 0; i < parts.size() - 1; i++) {
      if (parts.get(i) instanceof Part.Rest) {
        throw new IllegalArgumentException("only the last segment may span the rest: " + text);
      }
    }
    return new PathTemplate(text, List.copyOf(parts));
  }

  /** The parameters, if the template fits. */
  Optional<Map<String, String>> match(List<String> segments) {
    boolean open = parts.getLast() instanceof Part.Rest;
    if (open ? segments.size() < parts.size() - 1 : segments.size() != parts.size()) {
      return Optional.empty();
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    for (int i = 0; i < parts.size(); i++) {
      boolean fits =
          switch (parts.get(i)) {
            case Part.Literal literal -> literal.text().equals(segments.get(i));
            case Part.Parameter parameter -> take(parameter, segments.get(i), parameters);
            case Part.Rest rest -> take(rest, segments.subList(i, segments.size()), parameters);
          };
      if (!fits) {
        return Optional.empty();
      }
    }
    return Optional.of(parameters);
  }

  private static boolean take(
      Part.Parameter parameter, String segment, Map<String, String> parameters) {
    String suffix = parameter.suffix();
    if (!segment.endsWith(suffix) || segment.length() == suffix.length()) {
      return false;
    }
    parameters.put(parameter.name(), segment.substring(0, segment.length() - suffix.length()));
    return true;
  }

  private static boolean take(Part.Rest rest, List<String> tail, Map<String, String> parameters) {
    if (tail.size() < rest.least() || tail.equals(List.of("")) && rest.least() > 0) {
      return false;
    }
    if (!rest.name().isEmpty()) {
      parameters.put(rest.name(), String.join("/", tail));
    }
    return true;
  }

  private static int compare(PathTemplate a, PathTemplate b) {
    int common = Math.min(a.parts.size(), b.parts.size());
    for (int i = 0; i < common; i++) {
      int order = Integer.compare(openness(a.parts.get(i)), openness(b.parts.get(i)));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(b.parts.size(), a.parts.size());
  }

  private static int openness(Part part) {
    return switch (part) {
      case Part.Literal literal -> 0;
      case Part.Parameter parameter -> parameter.suffix().isEmpty() ? 2 : 1;
      case Part.Rest rest -> 3;
    };
  }
}
