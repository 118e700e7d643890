package dev.paddock.inference;

import com.fasterxml.jackson.databind.node.BooleanNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a schema says about the values of one kind; the atoms are what single keywords say. */
sealed interface Formula {
  Formula TRUE = new All(List.of());
  Formula FALSE = new Any(List.of());
  int UNBOUNDED = Integer.MAX_VALUE;

  /** Values that are built alike; of the scalars each is one word. */
  enum Kind {
    SCALAR,
    ARRAY,
    OBJECT
  }

  record All(List<Formula> parts) implements Formula {}

  record Any(List<Formula> branches) implements Formula {}

  sealed interface Atom extends Formula {}

  /** The scalars of a language; what is not in it is what the canonical form lacks there. */
  record Words(Dfa language) implements Atom {}

  /** The scalars of a language, and those that surely are not meant, where some are in neither. */
  record Opposites(Dfa language, Dfa opposite) implements Atom {}

  /** A language that holds fewer words than what is meant, so that nothing is known outside. */
  record Within(Dfa language, String pointer) implements Atom {}

  /** Of strings, in code points. */
  record Length(int min, int max) implements Atom {}

  /** Strings are copied from the named texts. */
  record Copied(List<String> sources, String pointer) implements Atom {}

  record Pattern(String expression, Dfa contents, Literal value) {}

  record Properties(
      Map<String, Literal> named, List<Pattern> patterns, Optional<Literal> additional)
      implements Atom {}

  record Required(String name) implements Atom {}

  record Forbidden(String name) implements Atom {}

  record PropertyCount(int min, int max) implements Atom {}

  record PropertyNames(Literal names) implements Atom {}

  record Items(List<Literal> prefix, Optional<Literal> rest) implements Atom {}

  record ItemCount(int min, int max) implements Atom {}

  record UniqueItems(String pointer) implements Atom {}

  record Contains(Literal item, int min, int max, String pointer) implements Atom {}

  /** What no mask can hold; an error unless the values in question are ruled out anyway. */
  record Unsupported(String pointer, String why) implements Atom {}

  static Formula not(Formula formula) {
    return switch (formula) {
      case All(List<Formula> parts) -> new Any(parts.stream().map(Formula::not).toList());
      case Any(List<Formula> branches) -> new All(branches.stream().map(Formula::not).toList());
      case Words(Dfa language) -> new Words(Scalars.ALL.minus(language));
      case Opposites(Dfa language, Dfa opposite) ->
          new Opposites(/* language= */ opposite, /* opposite= */ language);
      case Within within -> new Unsupported(within.pointer, "its negation cannot be enforced");
      case Length(int min, int max) ->
          new All(List.of(new Words(Scalars.STRINGS), outside(min, max, Length::new)));
      case Copied copied ->
          new Unsupported(copied.pointer, "that a value is not copied cannot be enforced");
      case Properties properties -> notProperties(properties);
      case Required(String name) -> new Forbidden(name);
      case Forbidden(String name) -> new Required(name);
      case PropertyCount(int min, int max) -> outside(min, max, PropertyCount::new);
      case PropertyNames(Literal names) ->
          new Unsupported(names.schema().pointer(), "its negation cannot be enforced");
      case Items items -> notItems(items);
      case ItemCount(int min, int max) -> outside(min, max, ItemCount::new);
      case UniqueItems(String pointer) ->
          new Unsupported(pointer, "its negation cannot be enforced");
      case Contains c -> notContains(c);
      case Unsupported unsupported -> unsupported;
    };
  }

  interface Bounds {
    Formula of(int min, int max);
  }

  private static Formula outside(int min, int max, Bounds bounds) {
    Formula below = min == 0 ? FALSE : bounds.of(0, min - 1);
    Formula above = max == UNBOUNDED ? FALSE : bounds.of(max + 1, UNBOUNDED);
    return new Any(List.of(below, above));
  }

  private static Formula notProperties(Properties p) {
    List<Formula> branches = new ArrayList<>();
    p.named.forEach(
        (name, value) ->
            branches.add(
                new All(
                    List.of(
                        new Required(name),
                        new Properties(Map.of(name, value.not()), List.of(), Optional.empty())))));
    for (Pattern pattern : p.patterns) {
      branches.add(
          new Unsupported(pattern.value.schema().pointer(), "its negation cannot be enforced"));
    }
    p.additional.ifPresent(
        a ->
            branches.add(new Unsupported(a.schema().pointer(), "its negation cannot be enforced")));
    return new Any(branches);
  }

  private static Formula notItems(Items items) {
    List<Formula> branches = new ArrayList<>();
    for (int i = 0; i < items.prefix.size(); i++) {
      List<Literal> free = new ArrayList<>();
      for (int j = 0; j < i; j++) {
        free.add(ANYTHING);
      }
      free.add(items.prefix.get(i).not());
      branches.add(
          new All(
              List.of(new ItemCount(i + 1, UNBOUNDED), new Items(free, Optional.of(ANYTHING)))));
    }
    items.rest.ifPresent(
        rest ->
            branches.add(
                items.prefix.isEmpty()
                    ? new Contains(rest.not(), 1, UNBOUNDED, rest.schema().pointer())
                    : new Unsupported(rest.schema().pointer(), "its negation cannot be enforced")));
    return new Any(branches);
  }

  private static Formula notContains(Contains c) {
    Formula fewer =
        c.min == 0
            ? FALSE
            : c.min == 1
                ? new Items(List.of(), Optional.of(c.item.not()))
                : new Contains(c.item, 0, c.min - 1, c.pointer);
    Formula more =
        c.max == UNBOUNDED ? FALSE : new Contains(c.item, c.max + 1, UNBOUNDED, c.pointer);
    return new Any(List.of(fewer, more));
  }

  Literal ANYTHING = Literal.of(new Schema(BooleanNode.TRUE, "#anything"));
}
