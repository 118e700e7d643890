package dev.paddock.inference;

/**
 * A regular language over bytes as a deterministic automaton with numbered states. From every state
 * an accepting one can be reached; the empty word is in none of these languages.
 */
interface Terminal {
  int DEAD = -1;

  int start();

  /** The state after one more byte (0 to 255), or {@link #DEAD}. */
  int step(int state, int b);

  boolean accepts(int state);

  /** Whether a longer word begins with the one that was read. */
  default boolean goesOn(int state) {
    return !accepts(state);
  }

  /** How many bytes lead from here to the accepting state that {@link #closingStep} aims at. */
  int distance(int state);

  /** The next byte of the way whose length {@link #distance} tells. */
  default int closingStep(int state) {
    int wanted = distance(state) - 1;
    for (int b = 0; b < 256; b++) {
      int next = step(state, b);
      if (next != DEAD && distance(next) == wanted) {
        return b;
      }
    }
    throw new IllegalStateException("no way out of state " + state);
  }

  /** Equal for states that no word of at most {@code horizon} bytes tells apart. */
  default long maskKey(int state, int horizon) {
    return state;
  }
}
