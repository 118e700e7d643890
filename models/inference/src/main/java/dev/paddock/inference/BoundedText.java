package dev.paddock.inference;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Strings of a language with bounds on their length in code points. A state is the characters so
 * far and a place: a state of the language and where in a character the text is.
 */
final class BoundedText implements Terminal {
  private static final int MAX_TABLE = 8_000_000;
  private static final int NONE = Integer.MAX_VALUE;

  /** Where in a string the text is, in the order in which a way to the end meets them last. */
  private enum Part {
    END,
    LAST1,
    LAST2,
    LAST3,
    HEX1,
    HEX2,
    HEX3,
    HEX4,
    ESCAPE,
    INSIDE,
    START
  }

  private record Place(int state, Part part) {}

  private final Dfa language;
  private final int min;
  private final int max;
  private final Alphabet alphabet;
  private final List<Place> places = new ArrayList<>();
  private final int[][] moves;
  private final int width;

  /** For a number of characters and a place: bytes to an end with exactly that many more. */
  private final int[][] bytes;

  /** The least number of characters, from the given one on, with which an end can be reached. */
  private final int[][] feasible;

  /** How many more characters than asked for an end needs at most. */
  private final int slack;

  /**
   * @param language strings with their quotes
   */
  BoundedText(Dfa language, int min, int max) {
    this.language = language;
    this.alphabet = Alphabet.merge(language.alphabet(), parts());
    this.moves = explore();
    this.width = places.size();
    int countable = Integer.MAX_VALUE / width - 2;
    this.min = min;
    this.max = max == Formula.UNBOUNDED ? max : Math.min(max, countable);
    // a longer word can be made shorter by leaving out loops of at most so many characters
    long levels = (long) min + width + 2;
    if (levels * width > MAX_TABLE || min > countable) {
      throw new ModelException(
          ErrorCode.LIMIT_EXCEEDED,
          "combines lengths from "
              + min
              + " with a language of "
              + width
              + " states, which is more than can be enforced");
    }
    bytes = new int[(int) levels][width];
    feasible = new int[(int) levels][];
    List<Integer> order = new ArrayList<>();
    for (int x = 0; x < width; x++) {
      order.add(x);
    }
    order.sort(Comparator.comparing(x -> places.get(x).part));
    for (int k = 0; k < levels; k++) {
      fill(k, order);
    }
    int[] after = new int[width];
    Arrays.fill(after, NONE);
    for (int k = (int) levels - 1; k >= 0; k--) {
      int[] here = after.clone();
      for (int x = 0; x < width; x++) {
        here[x] = bytes[k][x] == NONE ? here[x] : k;
      }
      feasible[k] = here;
      after = here;
    }
    int most = 0;
    for (int k = 0; k < levels; k++) {
      for (int found : feasible[k]) {
        most = found == NONE ? most : Math.max(most, found - k);
      }
    }
    slack = most;
  }

  private static Alphabet parts() {
    int[] columns = new int[256];
    for (int b = 0; b < 256; b++) {
      columns[b] =
          b == '"'
              ? 1
              : b == '\\' ? 2 : b == 'u' ? 3 : b < 0x80 ? 0 : b < 0xe0 ? 4 : b < 0xf0 ? 5 : 6;
    }
    return Alphabet.ofColumns(columns);
  }

  private int[][] explore() {
    Map<Place, Integer> ids = new HashMap<>();
    List<int[]> rows = new ArrayList<>();
    places.add(new Place(language.start(), Part.START));
    ids.put(places.getFirst(), 0);
    for (int x = 0; x < places.size(); x++) {
      int[] row = new int[alphabet.size()];
      for (int c = 0; c < row.length; c++) {
        int b = alphabet.representatives()[c];
        int target = language.step(places.get(x).state, b);
        row[c] = DEAD;
        if (target != DEAD) {
          Place place = new Place(target, next(places.get(x).part, b));
          row[c] =
              ids.computeIfAbsent(
                  place,
                  p -> {
                    places.add(p);
                    return places.size() - 1;
                  });
        }
      }
      rows.add(row);
    }
    return rows.toArray(int[][]::new);
  }

  private static Part next(Part part, int b) {
    return switch (part) {
      case START, HEX1, LAST1 -> Part.INSIDE;
      case INSIDE -> {
        if (b == '"') {
          yield Part.END;
        }
        if (b == '\\') {
          yield Part.ESCAPE;
        }
        yield b < 0x80 ? Part.INSIDE : b < 0xe0 ? Part.LAST1 : b < 0xf0 ? Part.LAST2 : Part.LAST3;
      }
      case ESCAPE -> b == 'u' ? Part.HEX4 : Part.INSIDE;
      case HEX4 -> Part.HEX3;
      case HEX3 -> Part.HEX2;
      case HEX2 -> Part.HEX1;
      case LAST3 -> Part.LAST2;
      case LAST2 -> Part.LAST1;
      case END -> throw new IllegalStateException("a string goes on after its end");
    };
  }

  private void fill(int k, List<Integer> order) {
    Arrays.fill(bytes[k], NONE);
    for (int x : order) {
      if (k == 0 && places.get(x).part == Part.END) {
        bytes[k][x] = 0;
      }
      for (int target : moves[x]) {
        int left = target != DEAD && counts(x, target) ? k - 1 : k;
        if (target != DEAD && left >= 0 && bytes[left][target] != NONE) {
          bytes[k][x] = Math.min(bytes[k][x], bytes[left][target] + 1);
        }
      }
    }
  }

  /** Characters are counted when they are whole. */
  private boolean counts(int from, int to) {
    return places.get(to).part == Part.INSIDE && places.get(from).part != Part.START;
  }

  @Override
  public int start() {
    return aim(0) == NONE ? DEAD : 0;
  }

  @Override
  public int step(int state, int b) {
    int x = state % width;
    int target = moves[x][alphabet.classOf(b)];
    if (target == DEAD) {
      return DEAD;
    }
    int count = state / width;
    if (counts(x, target)) {
      count = max == Formula.UNBOUNDED ? Math.min(count + 1, min) : count + 1;
    }
    int moved = count * width + target;
    return count > max || aim(moved) == NONE ? DEAD : moved;
  }

  /** With how many more characters to end; NONE if the bounds leave no way. */
  private int aim(int state) {
    int count = state / width;
    int found = feasible[Math.max(0, min - count)][state % width];
    return found != NONE && max != Formula.UNBOUNDED && found > max - count ? NONE : found;
  }

  @Override
  public boolean accepts(int state) {
    return places.get(state % width).part == Part.END;
  }

  @Override
  public int distance(int state) {
    return bytes[aim(state)][state % width];
  }

  @Override
  public long maskKey(int state, int horizon) {
    int count = state / width;
    long least = Math.max(0, min - count);
    long most = max == Formula.UNBOUNDED ? NONE : max - count;
    long near = 0;
    if (most > least + slack + horizon) {
      // from so many characters on it depends on loops alone whether there is a way to an end
      least = Math.min(least, (long) width + horizon + 1);
    } else {
      near = most + 1;
    }
    return (near << 20 | least) * width + state % width;
  }
}
