package dev.paddock.inference;

import java.util.List;

/** The syntax tree of a regular expression of the ECMAScript kind. */
sealed interface Regex {
  int UNBOUNDED = -1;

  record Chars(CharSet set) implements Regex {}

  record Sequence(List<Regex> parts) implements Regex {}

  record Choice(List<Regex> branches) implements Regex {}

  record Repeat(Regex body, int min, int max) implements Regex {}

  record Start() implements Regex {}

  record End() implements Regex {}

  /** What follows must, or must not, begin with the body; only at the start of an expression. */
  record Look(Regex body, boolean negative) implements Regex {}

  /** The contents of JSON strings, as bytes, in which the expression is found somewhere. */
  static Dfa search(String pattern) {
    return search(new RegexParser(pattern).parse());
  }

  private static Dfa search(Regex regex) {
    if (regex instanceof Sequence(List<Regex> parts)
        && parts.size() > 1
        && parts.get(0) instanceof Start
        && parts.get(1) instanceof Look(Regex body, boolean negative)) {
      List<Regex> rest = new java.util.ArrayList<>(parts);
      rest.remove(1);
      Dfa ahead = search(new Sequence(List.of(new Start(), body)));
      Dfa found = search(new Sequence(rest));
      return negative ? found.minus(ahead) : found.intersect(ahead);
    }
    Nfa nfa = new Nfa();
    int before = nfa.state();
    int after = nfa.state();
    nfa.chars(before, CharSet.ALL, before);
    nfa.chars(after, CharSet.ALL, after);
    build(regex, nfa, before, after);
    return nfa.determinize(before, after);
  }

  private static void build(Regex regex, Nfa nfa, int from, int to) {
    switch (regex) {
      case Chars(CharSet set) -> nfa.chars(from, set, to);
      case Sequence(List<Regex> parts) -> {
        int at = from;
        for (Regex part : parts) {
          int next = nfa.state();
          build(part, nfa, at, next);
          at = next;
        }
        nfa.empty(at, to);
      }
      case Choice(List<Regex> branches) -> branches.forEach(b -> build(b, nfa, from, to));
      case Repeat(Regex body, int min, int max) -> repeat(body, min, max, nfa, from, to);
      case Start() -> nfa.atStart(from, to);
      case End() -> nfa.atEnd(from, to);
      case Look look ->
          throw RegexParser.unsupported(
              look.negative()
                  ? "(?!…) that is not right after ^"
                  : "(?=…) that is not right after ^");
    }
  }

  private static void repeat(Regex body, int min, int max, Nfa nfa, int from, int to) {
    int at = nfa.state();
    nfa.empty(from, at);
    for (int i = 0; i < min; i++) {
      int next = nfa.state();
      build(body, nfa, at, next);
      at = next;
    }
    if (max == UNBOUNDED) {
      int next = nfa.state();
      build(body, nfa, at, next);
      nfa.empty(next, at);
    }
    for (int i = min; i < max; i++) {
      nfa.empty(at, to);
      int next = nfa.state();
      build(body, nfa, at, next);
      at = next;
    }
    nfa.empty(at, to);
  }
}
