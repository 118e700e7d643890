package dev.paddock.inference;

import dev.paddock.inference.Formula.Atom;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One way to be an object: all of these hold. */
final class ObjectCube {
  final List<Formula.Properties> clauses = new ArrayList<>();
  final Set<String> required = new LinkedHashSet<>();
  final Set<String> forbidden = new LinkedHashSet<>();
  final List<Literal> names = new ArrayList<>();
  final List<Formula.Unsupported> unsupported = new ArrayList<>();
  int min;
  int max = Formula.UNBOUNDED;

  ObjectCube(List<Atom> atoms) {
    for (Atom atom : atoms) {
      switch (atom) {
        case Formula.Properties p -> clauses.add(p);
        case Formula.Required(String name) -> required.add(name);
        case Formula.Forbidden(String name) -> forbidden.add(name);
        case Formula.PropertyCount(int low, int high) -> {
          min = Math.max(min, low);
          max = Math.min(max, high);
        }
        case Formula.PropertyNames(Literal literal) -> names.add(literal);
        case Formula.Unsupported u -> unsupported.add(u);
        case Formula.Words w -> {}
        case Formula.Opposites o -> {}
        case Formula.Within w -> {}
        case Formula.Length l -> {}
        case Formula.Copied c -> {}
        case Formula.Items i -> {}
        case Formula.ItemCount c -> {}
        case Formula.UniqueItems u -> {}
        case Formula.Contains c -> {}
      }
    }
  }

  boolean contradicts() {
    return min > max || required.size() > max || required.stream().anyMatch(forbidden::contains);
  }

  /** Named properties in the order of the schema, then what is only required. */
  Set<String> declared() {
    Set<String> declared = new LinkedHashSet<>();
    clauses.forEach(c -> declared.addAll(c.named().keySet()));
    declared.addAll(required);
    declared.removeAll(forbidden);
    return declared;
  }

  /** What the value of a property must obey. */
  List<Literal> value(String name) {
    byte[] key = contents(name);
    Set<Literal> literals = new LinkedHashSet<>();
    for (Formula.Properties clause : clauses) {
      boolean matched = false;
      Literal own = clause.named().get(name);
      if (own != null) {
        literals.add(own);
        matched = true;
      }
      for (Formula.Pattern pattern : clause.patterns()) {
        if (pattern.contents().matches(key)) {
          literals.add(pattern.value());
          matched = true;
        }
      }
      if (!matched) {
        clause.additional().ifPresent(literals::add);
      }
    }
    return List.copyOf(literals);
  }

  /** Other keys, parted by what their values must obey. */
  Map<List<Literal>, Dfa> others(Dfa allowed) {
    Dfa keys =
        allowed.minus(
            DfaBuilder.words(
                java.util.stream.Stream.concat(declared().stream(), forbidden.stream())
                    .map(ObjectCube::contents)
                    .toList()));
    Map<Set<String>, Dfa> parts = new LinkedHashMap<>();
    parts.put(Set.of(), keys);
    for (Formula.Properties clause : clauses) {
      for (Formula.Pattern pattern : clause.patterns()) {
        Map<Set<String>, Dfa> split = new LinkedHashMap<>();
        parts.forEach(
            (matched, language) -> {
              if (matched.contains(pattern.expression())) {
                split.put(matched, language);
                return;
              }
              Set<String> more = new LinkedHashSet<>(matched);
              more.add(pattern.expression());
              split.put(more, language.intersect(pattern.contents()));
              split.put(matched, language.minus(pattern.contents()));
            });
        split.values().removeIf(Dfa::isEmpty);
        parts = split;
      }
    }
    Map<List<Literal>, Dfa> others = new LinkedHashMap<>();
    parts.forEach((matched, language) -> others.merge(values(matched), language, Dfa::union));
    others.values().removeIf(Dfa::isEmpty);
    return others;
  }

  private List<Literal> values(Set<String> matched) {
    Set<Literal> literals = new LinkedHashSet<>();
    for (Formula.Properties clause : clauses) {
      List<Literal> own =
          clause.patterns().stream()
              .filter(p -> matched.contains(p.expression()))
              .map(Formula.Pattern::value)
              .toList();
      literals.addAll(own);
      Optional<Literal> additional = clause.additional();
      if (own.isEmpty()) {
        additional.ifPresent(literals::add);
      }
    }
    return List.copyOf(literals);
  }

  /**
   * Nothing is written beyond what a schema declares, unless it says that there may be more. So
   * that a schema that names properties is closed by default.
   */
  boolean closed(Set<String> declared) {
    return clauses.stream().anyMatch(c -> !c.named().isEmpty())
        && clauses.stream().allMatch(c -> c.additional().isEmpty() && c.patterns().isEmpty())
        && min <= declared.size();
  }

  /** A key as it stands between the quotes. */
  static byte[] contents(String name) {
    String spelled = CanonicalJson.string(name);
    return spelled.substring(1, spelled.length() - 1).getBytes(StandardCharsets.UTF_8);
  }
}
