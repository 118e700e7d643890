package dev.paddock.inference;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A nondeterministic automaton over the bytes of JSON string contents, with empty steps that may be
 * bound to the beginning or the end of the text. Characters are spelled as {@link CanonicalJson}
 * spells them.
 */
final class Nfa {
  private static final int MAX_EDGES = 200_000;
  private static final int ANYWHERE = -1;
  private static final int AT_START = -2;
  private static final int AT_END = -3;

  /** {@code low} is a byte or one of the conditions of an empty step. */
  private record Edge(int low, int high, int to) {}

  private final List<List<Edge>> edges = new ArrayList<>();
  private final Map<CharSet, Dfa> spellings = new HashMap<>();
  private int count;

  int state() {
    edges.add(new ArrayList<>(2));
    return edges.size() - 1;
  }

  void empty(int from, int to) {
    add(from, new Edge(ANYWHERE, 0, to));
  }

  void atStart(int from, int to) {
    add(from, new Edge(AT_START, 0, to));
  }

  void atEnd(int from, int to) {
    add(from, new Edge(AT_END, 0, to));
  }

  private void bytes(int from, int low, int high, int to) {
    add(from, new Edge(low, high, to));
  }

  private void add(int from, Edge edge) {
    if (++count > MAX_EDGES) {
      throw new ModelException(
          ErrorCode.LIMIT_EXCEEDED,
          "the expression is too large: its repetitions unfold to more than "
              + MAX_EDGES
              + " steps");
    }
    edges.get(from).add(edge);
  }

  /** Steps over one character of the set, by the smallest automaton for it. */
  void chars(int from, CharSet set, int to) {
    Dfa spelled = spellings.computeIfAbsent(set, Nfa::spelling);
    int[] states = new int[spelled.size()];
    for (int s = 0; s < states.length; s++) {
      states[s] = s == 0 ? from : spelled.accepts(s) ? to : state();
    }
    for (int s = 0; s < states.length; s++) {
      for (int b = 0; b < 256; b++) {
        int target = spelled.step(s, b);
        int low = b;
        while (b < 255 && spelled.step(s, b + 1) == target) {
          b++;
        }
        if (target != Terminal.DEAD) {
          bytes(states[s], low, b, states[target]);
        }
      }
    }
  }

  private static Dfa spelling(CharSet set) {
    Nfa nfa = new Nfa();
    int from = nfa.state();
    int to = nfa.state();
    nfa.spell(from, set, to);
    return nfa.determinize(from, to);
  }

  private void spell(int from, CharSet set, int to) {
    for (CharSet.Range range : set.ranges()) {
      int c = range.first();
      while (c <= range.last()) {
        if (c < 0x20 || c == '"' || c == '\\') {
          StringBuilder spelled = new StringBuilder();
          CanonicalJson.escape(c, spelled);
          sequence(from, spelled.toString().getBytes(StandardCharsets.UTF_8), to);
          c++;
        } else if (c < 0x80) {
          int last = Math.min(range.last(), c < '"' ? '"' - 1 : c < '\\' ? '\\' - 1 : 0x7f);
          bytes(from, c, last, to);
          c = last + 1;
        } else {
          int length = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
          int last = Math.min(range.last(), length == 2 ? 0x7ff : length == 3 ? 0xffff : 0x10ffff);
          multibyte(from, c, last, length - 1, true, to);
          c = last + 1;
        }
      }
    }
  }

  private void sequence(int from, byte[] bytes, int to) {
    int at = from;
    for (int i = 0; i < bytes.length; i++) {
      int next = i == bytes.length - 1 ? to : state();
      bytes(at, bytes[i] & 0xff, bytes[i] & 0xff, next);
      at = next;
    }
  }

  /** The UTF-8 forms of a range, split where its followers do not run from 80 to BF. */
  private void multibyte(int from, int first, int last, int followers, boolean lead, int to) {
    int mark = !lead ? 0x80 : followers == 1 ? 0xc0 : followers == 2 ? 0xe0 : 0xf0;
    if (followers == 0) {
      bytes(from, mark | first, mark | last, to);
      return;
    }
    int shift = 6 * followers;
    int mask = (1 << shift) - 1;
    int high = first >> shift;
    while (high <= last >> shift) {
      int low = high == first >> shift ? first & mask : 0;
      int top = high == last >> shift ? last & mask : mask;
      int until = high;
      if (low == 0 && top == mask) {
        until = (last & mask) == mask ? last >> shift : (last >> shift) - 1;
      }
      int next = state();
      bytes(from, mark | high, mark | until, next);
      multibyte(next, low, top, followers - 1, false, to);
      high = until + 1;
    }
  }

  Dfa determinize(int start, int accept) {
    Alphabet alphabet = alphabet();
    return DfaBuilder.explore(
        new DfaBuilder.Machine<List<Integer>>() {
          @Override
          public Alphabet alphabet() {
            return alphabet;
          }

          @Override
          public List<Integer> start() {
            BitSet set = new BitSet();
            set.set(start);
            close(set, true, false);
            // the beginning is a state of its own, as empty steps differ there
            List<Integer> marked = new ArrayList<>(List.of(-1));
            set.stream().forEach(marked::add);
            return marked;
          }

          @Override
          public @Nullable List<Integer> step(List<Integer> state, int b) {
            BitSet set = new BitSet();
            for (int s : state) {
              for (Edge edge : s < 0 ? List.<Edge>of() : edges.get(s)) {
                if (edge.low >= 0 && edge.low <= b && b <= edge.high) {
                  set.set(edge.to);
                }
              }
            }
            close(set, false, false);
            return set.isEmpty() ? null : set.stream().boxed().toList();
          }

          @Override
          public boolean accepts(List<Integer> state) {
            BitSet set = new BitSet();
            state.stream().filter(s -> s >= 0).forEach(set::set);
            close(set, state.getFirst() < 0, true);
            return set.get(accept);
          }
        });
  }

  private void close(BitSet set, boolean atStart, boolean atEnd) {
    ArrayDeque<Integer> open = new ArrayDeque<>();
    set.stream().forEach(open::push);
    while (!open.isEmpty()) {
      for (Edge edge : edges.get(open.pop())) {
        boolean free =
            edge.low == ANYWHERE || edge.low == AT_START && atStart || edge.low == AT_END && atEnd;
        if (free && !set.get(edge.to)) {
          set.set(edge.to);
          open.push(edge.to);
        }
      }
    }
  }

  private Alphabet alphabet() {
    BitSet borders = new BitSet(257);
    for (List<Edge> list : edges) {
      for (Edge edge : list) {
        if (edge.low >= 0) {
          borders.set(edge.low);
          borders.set(edge.high + 1);
        }
      }
    }
    int[] columns = new int[256];
    int column = 0;
    for (int b = 0; b < 256; b++) {
      columns[b] = borders.get(b) ? ++column : column;
    }
    return Alphabet.ofColumns(columns);
  }
}
