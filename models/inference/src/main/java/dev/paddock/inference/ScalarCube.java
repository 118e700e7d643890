package dev.paddock.inference;

import dev.paddock.inference.Formula.Copied;
import dev.paddock.inference.Formula.Unsupported;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Scalars of a language; lengths (in code points) and texts to copy from bind its strings only. */
record ScalarCube(
    Dfa language, int min, int max, Optional<Copied> copied, Optional<Unsupported> unsupported) {
  private static final ScalarCube ALL = of(Scalars.ALL);

  private static ScalarCube of(Dfa language) {
    return new ScalarCube(language, 0, Formula.UNBOUNDED, Optional.empty(), Optional.empty());
  }

  boolean plain() {
    return min == 0 && max == Formula.UNBOUNDED && copied.isEmpty() && unsupported.isEmpty();
  }

  /** The union of such cubes that a formula comes to; none of them is empty. */
  static List<ScalarCube> of(Formula formula) {
    return switch (formula) {
      case Formula.All(List<Formula> parts) -> {
        List<ScalarCube> product = List.of(ALL);
        for (Formula part : parts) {
          List<ScalarCube> next = new ArrayList<>();
          for (ScalarCube right : of(part)) {
            for (ScalarCube left : product) {
              left.and(right).ifPresent(cube -> add(next, cube));
            }
          }
          product = next;
        }
        yield product;
      }
      case Formula.Any(List<Formula> branches) -> {
        List<ScalarCube> union = new ArrayList<>();
        branches.forEach(branch -> of(branch).forEach(cube -> add(union, cube)));
        yield union;
      }
      case Formula.Words(Dfa language) -> nonEmpty(language);
      case Formula.Opposites(Dfa language, Dfa opposite) -> nonEmpty(language);
      case Formula.Within(Dfa language, String pointer) -> nonEmpty(language);
      case Formula.Length(int min, int max) ->
          List.of(new ScalarCube(Scalars.ALL, min, max, Optional.empty(), Optional.empty()));
      case Copied copied ->
          List.of(
              new ScalarCube(
                  Scalars.ALL, 0, Formula.UNBOUNDED, Optional.of(copied), Optional.empty()));
      case Unsupported unsupported ->
          List.of(
              new ScalarCube(
                  Scalars.ALL, 0, Formula.UNBOUNDED, Optional.empty(), Optional.of(unsupported)));
      case Formula.Properties p -> List.of(ALL);
      case Formula.Required r -> List.of(ALL);
      case Formula.Forbidden f -> List.of(ALL);
      case Formula.PropertyCount c -> List.of(ALL);
      case Formula.PropertyNames n -> List.of(ALL);
      case Formula.Items i -> List.of(ALL);
      case Formula.ItemCount c -> List.of(ALL);
      case Formula.UniqueItems u -> List.of(ALL);
      case Formula.Contains c -> List.of(ALL);
    };
  }

  private static List<ScalarCube> nonEmpty(Dfa language) {
    return language.isEmpty() ? List.of() : List.of(of(language));
  }

  private static void add(List<ScalarCube> union, ScalarCube cube) {
    for (int i = 0; i < union.size(); i++) {
      ScalarCube other = union.get(i);
      boolean alike =
          other.min == cube.min
              && other.max == cube.max
              && other.copied.equals(cube.copied)
              && other.unsupported.equals(cube.unsupported);
      if (alike) {
        union.set(i, cube.with(other.language.union(cube.language)));
        return;
      }
    }
    union.add(cube);
  }

  private ScalarCube with(Dfa words) {
    return new ScalarCube(words, min, max, copied, unsupported);
  }

  private Optional<ScalarCube> and(ScalarCube other) {
    Dfa both =
        language == Scalars.ALL
            ? other.language
            : other.language == Scalars.ALL ? language : language.intersect(other.language);
    int low = Math.max(min, other.min);
    int high = Math.min(max, other.max);
    if (low > high) {
      both = both.intersect(Scalars.NOT_STRINGS);
      low = 0;
      high = Formula.UNBOUNDED;
    }
    Optional<Unsupported> refused = unsupported.isPresent() ? unsupported : other.unsupported;
    if (copied.isPresent()
        && other.copied.isPresent()
        && !copied.get().sources().equals(other.copied.get().sources())) {
      refused =
          Optional.of(
              new Unsupported(
                  copied.get().pointer(), "a value cannot be copied from two different texts"));
    }
    return both.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new ScalarCube(both, low, high, copied.isPresent() ? copied : other.copied, refused));
  }
}
