package dev.paddock.inference;

import dev.paddock.core.ErrorCode;
import dev.paddock.inference.Formula.Atom;
import dev.paddock.inference.Formula.Kind;
import dev.paddock.provider.ModelException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** The ways to obey several schemas at once, as unions of cubes. */
final class Shapes {
  private static final int MAX_CUBES = 256;
  private static final int MAX_WORK = 20_000;

  private record Key(List<Literal> literals, Kind kind) {}

  private final SchemaReader reader;
  private final Map<List<Literal>, List<ScalarCube>> scalars = new HashMap<>();
  private final Map<Key, List<List<Atom>>> cubes = new HashMap<>();
  private final Map<Key, Boolean> empty = new HashMap<>();
  private final Set<Key> deciding = new HashSet<>();
  private int work;

  Shapes(Schema root, Set<String> sources) {
    reader = new SchemaReader(root, sources, this::surelyEmpty);
  }

  List<ScalarCube> scalars(List<Literal> literals) {
    List<ScalarCube> known = scalars.get(literals);
    if (known == null) {
      known = guarded(literals, () -> ScalarCube.of(formula(literals, Kind.SCALAR)));
      scalars.put(literals, known);
    }
    return known;
  }

  List<ObjectCube> objects(List<Literal> literals) {
    return cubes(literals, Kind.OBJECT).stream()
        .map(ObjectCube::new)
        .filter(cube -> !surelyEmpty(cube))
        .toList();
  }

  List<ArrayCube> arrays(List<Literal> literals) {
    return cubes(literals, Kind.ARRAY).stream()
        .map(ArrayCube::new)
        .filter(cube -> !surelyEmpty(cube))
        .toList();
  }

  private List<List<Atom>> cubes(List<Literal> literals, Kind kind) {
    Key key = new Key(literals, kind);
    List<List<Atom>> known = cubes.get(key);
    if (known == null) {
      known = guarded(literals, () -> product(formula(literals, kind), where(literals)));
      cubes.put(key, known);
    }
    return known;
  }

  private Formula formula(List<Literal> literals, Kind kind) {
    if (++work > MAX_WORK) {
      throw new ModelException(
          ErrorCode.LIMIT_EXCEEDED,
          "the schema's parts combine in more than "
              + MAX_WORK
              + " ways: use fewer combinations of allOf, anyOf, oneOf, not and if");
    }
    return new Formula.All(literals.stream().map(l -> reader.formula(l, kind)).toList());
  }

  /** No value of the kind obeys all of these; false also where it is hard to tell. */
  private boolean surelyEmpty(List<Literal> literals, Kind kind) {
    Key key = new Key(literals, kind);
    Boolean known = empty.get(key);
    if (known != null) {
      return known;
    }
    if (!deciding.add(key)) {
      return false;
    }
    boolean result =
        switch (kind) {
          case SCALAR -> scalars(literals).isEmpty();
          case ARRAY -> arrays(literals).isEmpty();
          case OBJECT -> objects(literals).isEmpty();
        };
    deciding.remove(key);
    empty.put(key, result);
    return result;
  }

  private boolean surelyEmpty(List<Literal> literals) {
    return surelyEmpty(literals, Kind.SCALAR)
        && surelyEmpty(literals, Kind.ARRAY)
        && surelyEmpty(literals, Kind.OBJECT);
  }

  private boolean surelyEmpty(ObjectCube cube) {
    return cube.contradicts()
        || cube.required.stream().anyMatch(name -> surelyEmpty(cube.value(name)));
  }

  private boolean surelyEmpty(ArrayCube cube) {
    if (cube.min > cube.max) {
      return true;
    }
    for (int i = 0; i < Math.min(cube.min, cube.prefix() + 1); i++) {
      if (surelyEmpty(cube.item(i))) {
        return true;
      }
    }
    return false;
  }

  private static List<List<Atom>> product(Formula formula, String where) {
    return switch (formula) {
      case Formula.All(List<Formula> parts) -> {
        List<List<Atom>> result = List.of(List.of());
        for (Formula part : parts) {
          List<List<Atom>> right = product(part, where);
          List<List<Atom>> next = new ArrayList<>();
          for (List<Atom> a : result) {
            for (List<Atom> b : right) {
              List<Atom> both = new ArrayList<>(a);
              b.stream().filter(atom -> !a.contains(atom)).forEach(both::add);
              if (!new ObjectCube(both).contradicts()) {
                next.add(both);
              }
              limit(next, where);
            }
          }
          result = next;
        }
        yield result;
      }
      case Formula.Any(List<Formula> branches) -> {
        List<List<Atom>> result = new ArrayList<>();
        for (Formula branch : branches) {
          result.addAll(product(branch, where));
          limit(result, where);
        }
        yield result;
      }
      case Atom atom -> List.of(List.of(atom));
    };
  }

  private static void limit(List<List<Atom>> cubes, String where) {
    if (cubes.size() > MAX_CUBES) {
      throw new ModelException(
          ErrorCode.LIMIT_EXCEEDED,
          SchemaForm.UNSUPPORTED
              + where
              + ": its alternatives combine in more than "
              + MAX_CUBES
              + " ways");
    }
  }

  static String where(List<Literal> literals) {
    return literals.isEmpty() ? "the root" : Schema.shown(literals.getFirst().schema().pointer());
  }

  static <T> T guarded(List<Literal> literals, Supplier<T> build) {
    try {
      return build.get();
    } catch (ModelException e) {
      if (SchemaForm.located(e)) {
        throw e;
      }
      throw new ModelException(
          e.code(), SchemaForm.UNSUPPORTED + where(literals) + ": it " + e.getMessage(), e);
    }
  }
}
