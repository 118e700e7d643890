package dev.paddock.inference;

import dev.paddock.provider.spi.Origin;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Strings that are copied from texts and belong to a language. The places where a copy may start
 * are sorted by what follows them, so that a state is a run of such places, all of which go on with
 * the same bytes.
 */
final class CopiedText implements Terminal {
  static final int MAX_CHARACTERS = 1_000;

  private static final int BEFORE = 0;
  private static final int AFTER = 1;
  private static final int ROOT = 2;

  /**
   * @param depth bytes read of the copy
   * @param inner the state of the language
   * @param count characters that have begun
   */
  private record State(int low, int high, int depth, int inner, int count, boolean accepts) {}

  private record Run(int low, int high, int depth) {}

  private final SourceTexts texts;
  private final Dfa language;
  private final int min;
  private final int max;
  private final int[] starts;

  /** The end of the longest copy from each start. */
  private final int[] longest;

  private final List<State> states = new ArrayList<>();
  private final Map<Run, Integer> ids = new HashMap<>();

  /**
   * @param language strings with their quotes
   */
  CopiedText(SourceTexts texts, Dfa language, int min, int max) {
    this.texts = texts;
    this.language = language;
    this.min = min;
    this.max = Math.min(max, MAX_CHARACTERS);
    int opened = language.isEmpty() ? DEAD : language.step(language.start(), '"');
    Map<Integer, Integer> ends = new HashMap<>();
    for (int s = texts.starts.nextSetBit(0); s >= 0; s = texts.starts.nextSetBit(s + 1)) {
      int end = opened == DEAD ? DEAD : longest(s, opened);
      if (end != DEAD) {
        ends.put(s, end);
      }
    }
    List<Integer> sorted = new ArrayList<>(ends.keySet());
    sorted.sort(Comparator.comparingInt(texts::rank));
    starts = sorted.stream().mapToInt(s -> s).toArray();
    longest = sorted.stream().mapToInt(ends::get).toArray();
    State root = new State(0, starts.length, 0, opened, 0, false);
    states.add(root);
    states.add(root);
    states.add(root);
  }

  boolean isEmpty() {
    return starts.length == 0;
  }

  /** The end of the longest copy of the language from a start, DEAD if there is none. */
  private int longest(int start, int opened) {
    int found = DEAD;
    int inner = opened;
    int count = 0;
    for (int at = start; ; at++) {
      if (at > start && ends(at, inner, count)) {
        found = at;
      }
      int b = texts.at(at);
      if (b < 0) {
        return found;
      }
      count += texts.characters.get(at) ? 1 : 0;
      inner = language.step(inner, b);
      if (inner == DEAD || count > max) {
        return found;
      }
    }
  }

  private boolean ends(int at, int inner, int count) {
    if (!texts.ends.get(at) || count < min) {
      return false;
    }
    int closed = language.step(inner, '"');
    return closed != DEAD && language.accepts(closed);
  }

  @Override
  public int start() {
    return BEFORE;
  }

  @Override
  public synchronized int step(int state, int b) {
    if (state == BEFORE) {
      return b == '"' && !isEmpty() ? ROOT : DEAD;
    }
    if (state == AFTER) {
      return DEAD;
    }
    State s = states.get(state);
    int low = bound(s, b);
    int high = bound(s, b + 1);
    if (low < high) {
      return moved(s, b, low, high);
    }
    return b == '"' && s.accepts ? AFTER : DEAD;
  }

  /** The first start of the run that goes on with at least the byte. */
  private int bound(State s, int b) {
    int low = s.low;
    int high = s.high;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (texts.at(starts[middle] + s.depth) < b) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private int moved(State s, int b, int low, int high) {
    int depth = s.depth + 1;
    Integer known = ids.get(new Run(low, high, depth));
    if (known != null) {
      return known;
    }
    int inner = language.step(s.inner, b);
    int count = s.count + (texts.characters.get(starts[low] + s.depth) ? 1 : 0);
    boolean live = false;
    boolean accepts = false;
    for (int i = low; i < high && inner != DEAD; i++) {
      live |= longest[i] >= starts[i] + depth;
      accepts |= ends(starts[i] + depth, inner, count);
    }
    int id = live ? states.size() : DEAD;
    if (live) {
      states.add(new State(low, high, depth, inner, count, accepts));
    }
    ids.put(new Run(low, high, depth), id);
    return id;
  }

  @Override
  public boolean accepts(int state) {
    return state == AFTER;
  }

  @Override
  public synchronized int distance(int state) {
    if (state == AFTER) {
      return 0;
    }
    State s = states.get(state);
    int best = Integer.MAX_VALUE;
    for (int i = s.low; i < s.high; i++) {
      best = Math.min(best, nearest(s, i, best));
    }
    return best + (state == BEFORE ? 2 : 1);
  }

  /** Bytes from a state to the next end of a copy that began at the start of that number. */
  private int nearest(State s, int number, int limit) {
    int inner = s.inner;
    int count = s.count;
    int from = starts[number] + s.depth;
    for (int at = from; at <= longest[number] && at - from < limit; at++) {
      if (at > starts[number] && ends(at, inner, count)) {
        return at - from;
      }
      count += texts.characters.get(at) ? 1 : 0;
      inner = language.step(inner, texts.at(at));
    }
    return Integer.MAX_VALUE;
  }

  /** Where in the texts a copied value stands, given its contents as they were written. */
  synchronized List<Origin.Span> spans(byte[] contents) {
    int state = ROOT;
    for (byte b : contents) {
      state = step(state, b & 0xff);
    }
    State s = states.get(state);
    List<Integer> found = new ArrayList<>();
    for (int i = s.low; i < s.high; i++) {
      if (ends(starts[i] + s.depth, s.inner, s.count)) {
        found.add(starts[i]);
      }
    }
    return found.stream().sorted().map(start -> texts.span(start, start + s.depth)).toList();
  }
}
