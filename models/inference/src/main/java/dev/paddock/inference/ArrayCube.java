package dev.paddock.inference;

import dev.paddock.inference.Formula.Atom;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** One way to be an array: all of these hold. */
final class ArrayCube {
  final List<Formula.Items> clauses = new ArrayList<>();
  final List<Formula.UniqueItems> unique = new ArrayList<>();
  final List<Formula.Contains> contains = new ArrayList<>();
  final List<Formula.Unsupported> unsupported = new ArrayList<>();
  int min;
  int max = Formula.UNBOUNDED;

  ArrayCube(List<Atom> atoms) {
    for (Atom atom : atoms) {
      switch (atom) {
        case Formula.Items items -> clauses.add(items);
        case Formula.ItemCount(int low, int high) -> {
          min = Math.max(min, low);
          max = Math.min(max, high);
        }
        case Formula.UniqueItems u -> unique.add(u);
        case Formula.Contains c -> contains.add(c);
        case Formula.Unsupported u -> unsupported.add(u);
        case Formula.Words w -> {}
        case Formula.Opposites o -> {}
        case Formula.Within w -> {}
        case Formula.Length l -> {}
        case Formula.Copied c -> {}
        case Formula.Properties p -> {}
        case Formula.Required r -> {}
        case Formula.Forbidden f -> {}
        case Formula.PropertyCount c -> {}
        case Formula.PropertyNames n -> {}
      }
    }
    // a tuple goes on after its last item only where a schema says so
    boolean open = clauses.stream().anyMatch(c -> c.rest().isPresent());
    if (!open && prefix() > 0) {
      max = Math.min(max, Math.max(prefix(), min));
    }
  }

  int prefix() {
    return clauses.stream().mapToInt(c -> c.prefix().size()).max().orElse(0);
  }

  List<Literal> item(int index) {
    Set<Literal> literals = new LinkedHashSet<>();
    for (Formula.Items clause : clauses) {
      if (index < clause.prefix().size()) {
        literals.add(clause.prefix().get(index));
      } else {
        clause.rest().ifPresent(literals::add);
      }
    }
    return List.copyOf(literals);
  }
}
