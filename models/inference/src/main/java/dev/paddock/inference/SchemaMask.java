package dev.paddock.inference;

import dev.paddock.core.Json;
import dev.paddock.provider.spi.Origin;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Follows the value as it is written, in all the ways in which the schema's rules can read it. */
final class SchemaMask implements TokenMask {
  private static final int MAX_FORCED = 4_096;
  private static final int MAX_CLOSING = 1 << 16;

  private final TokenVocabulary vocabulary;
  private final TokenTrie trie;
  private final List<MaskTable> tables;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private Readings readings;

  SchemaMask(TokenVocabulary vocabulary, TokenTrie trie, List<MaskTable> tables, Value root) {
    this.vocabulary = vocabulary;
    this.trie = trie;
    this.tables = tables;
    this.readings = Readings.start(root);
  }

  @Override
  public void allowed(long[] out) {
    Arrays.fill(out, 0);
    for (Reading reading : readings.readings()) {
      for (MaskTable table : tables) {
        MaskTable.Local local = table.local(reading.terminal(), reading.state());
        for (int w = 0; w < local.bits.length; w++) {
          out[w] |= local.bits[w];
        }
        for (int token : local.few) {
          out[token >> 6] |= 1L << token;
        }
        beyond(reading, local, table.trie(), out);
      }
    }
  }

  /** Tokens that go on after the end of the reading's terminal. */
  private static void beyond(Reading reading, MaskTable.Local local, TokenTrie trie, long[] out) {
    int lastState = Terminal.DEAD;
    Readings last = null;
    for (int i = 0; i < local.exits.length; i++) {
      int node = local.exits[i];
      int state = local.exitStates[i];
      // with nothing captured the way on depends on the state alone
      if (last == null || state != lastState || reading.captured() != null) {
        last = Readings.after(ended(reading, state, trie, node), 0);
        lastState = state;
      }
      descend(trie, node, last, out);
    }
  }

  private static Reading ended(Reading reading, int state, TokenTrie trie, int node) {
    Reading.Bytes captured = reading.captured();
    if (captured != null) {
      byte[] read = new byte[trie.depth(node)];
      for (int n = node; n > 0; n = trie.parent(n)) {
        read[trie.depth(n) - 1] = (byte) trie.at(n);
      }
      for (byte b : read) {
        captured = captured.plus(b & 0xff);
      }
    }
    return new Reading(reading.terminal(), state, reading.frame(), captured, reading.copies());
  }

  private static void descend(TokenTrie trie, int node, Readings from, long[] out) {
    for (int child = node + 1; child < trie.end(node); child = trie.end(child)) {
      Readings next = from.step(trie.at(child));
      if (!next.dead()) {
        trie.mark(child, out);
        descend(trie, child, next, out);
      }
    }
  }

  @Override
  public void accept(int token) {
    if (token < 0 || token >= vocabulary.size() || vocabulary.special(token)) {
      throw new IllegalArgumentException("token " + token + " is no text");
    }
    byte[] bytes = vocabulary.bytes(token);
    Readings next = advance(readings, bytes);
    if (bytes.length == 0 || next == null) {
      throw new IllegalArgumentException("token " + token + " is not allowed after: " + tail());
    }
    readings = next.pruned();
    written.writeBytes(bytes);
  }

  private static @Nullable Readings advance(Readings from, byte[] bytes) {
    Readings at = from;
    for (byte b : bytes) {
      at = at.step(b & 0xff);
      if (at.dead()) {
        return null;
      }
    }
    return at;
  }

  private String tail() {
    byte[] bytes = written.toByteArray();
    int from = Math.max(0, bytes.length - 80);
    return new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8);
  }

  @Override
  public boolean isComplete() {
    return readings.complete();
  }

  @Override
  public boolean mustEnd() {
    return readings.complete() && readings.readings().isEmpty();
  }

  @Override
  public int[] forced() {
    ByteArrayOutputStream run = new ByteArrayOutputStream();
    Readings at = readings;
    int only = at.only();
    while (only >= 0 && run.size() < MAX_FORCED) {
      run.write(only);
      at = at.step(only);
      only = at.only();
    }
    byte[] bytes = run.toByteArray();
    int certain = at.complete() && at.readings().isEmpty() ? bytes.length : certain(bytes, at);
    return bytes.length == 0 ? new int[0] : tokens(bytes, certain);
  }

  /** The bytes before which no token begins that could go on beyond the forced ones. */
  private int certain(byte[] bytes, Readings after) {
    for (int from = Math.max(0, bytes.length - trie.longest()); from < bytes.length; from++) {
      int node = 0;
      for (int i = from; i < bytes.length && node >= 0; i++) {
        node = trie.child(node, bytes[i] & 0xff);
      }
      if (node >= 0 && goesOn(node, after)) {
        return from;
      }
    }
    return bytes.length;
  }

  private boolean goesOn(int node, Readings after) {
    for (int child = node + 1; child < trie.end(node); child = trie.end(child)) {
      if (!after.step(trie.at(child)).dead()) {
        return true;
      }
    }
    return false;
  }

  /** The tokenizer's tokens of the text, as far as they lie in its certain part. */
  private int[] tokens(byte[] bytes, int certain) {
    int whole = bytes.length;
    while (whole > 0 && whole < bytes.length + 1 && cutsCharacter(bytes, whole)) {
      whole--;
    }
    List<Integer> encoded = vocabulary.encode(new String(bytes, 0, whole, StandardCharsets.UTF_8));
    List<Integer> kept = new ArrayList<>();
    int at = 0;
    for (int token : encoded) {
      byte[] piece = vocabulary.bytes(token);
      int end = at + piece.length;
      boolean same =
          !vocabulary.special(token)
              && end <= whole
              && Arrays.equals(piece, 0, piece.length, bytes, at, end);
      if (!same || end > certain) {
        break;
      }
      kept.add(token);
      at = end;
    }
    return kept.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Whether the text cut here would end inside of a character. */
  private static boolean cutsCharacter(byte[] bytes, int end) {
    int last = end - 1;
    while (last > 0 && (bytes[last] & 0xc0) == 0x80) {
      last--;
    }
    int lead = bytes[last] & 0xff;
    int length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    return last + length > end;
  }

  @Override
  public int bytesToClose() {
    return bytesToClose(readings);
  }

  private static int bytesToClose(Readings from) {
    return from.complete() ? 0 : (int) Math.min(from.cheapest().cost(), Integer.MAX_VALUE);
  }

  @Override
  public boolean closesAfter(int token, int tokens) {
    Readings next = advance(readings, vocabulary.bytes(token));
    if (next == null) {
      return false;
    }
    Readings after = next.pruned();
    int bytes = bytesToClose(after);
    return bytes <= tokens
        || (bytes <= (long) tokens * trie.longest()
            && closing(after).filter(way -> way.length <= tokens).isPresent());
  }

  @Override
  public Optional<int[]> closing() {
    return closing(readings);
  }

  private Optional<int[]> closing(Readings from) {
    ByteArrayOutputStream run = new ByteArrayOutputStream();
    Readings at = from;
    while (!at.complete()) {
      if (run.size() >= MAX_CLOSING) {
        return Optional.empty();
      }
      Reading reading = at.cheapest();
      int b = reading.terminal().closingStep(reading.state());
      run.write(b);
      at = at.step(b);
    }
    byte[] bytes = run.toByteArray();
    int[] tokens = tokens(bytes, bytes.length);
    int covered = Arrays.stream(tokens).map(t -> vocabulary.bytes(t).length).sum();
    if (covered < bytes.length) {
      tokens = greedy(bytes);
    }
    return tokens.length == 0 && bytes.length > 0 ? Optional.empty() : Optional.of(tokens);
  }

  /** The longest token at each place; nothing if some bytes have no token. */
  private int[] greedy(byte[] bytes) {
    List<Integer> found = new ArrayList<>();
    int at = 0;
    while (at < bytes.length) {
      int best = 0;
      int node = 0;
      for (int i = at; i < bytes.length && node >= 0; i++) {
        node = trie.child(node, bytes[i] & 0xff);
        best = node >= 0 && trie.token(node) >= 0 ? node : best;
      }
      if (best == 0) {
        return new int[0];
      }
      found.add(trie.token(best));
      at += trie.depth(best);
    }
    return found.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public List<Origin> origins() {
    List<Reading.Copy> copies = new ArrayList<>();
    Reading.Copy at = readings.complete() ? readings.copies() : first(readings);
    while (at != null) {
      copies.addFirst(at);
      at = at.before();
    }
    byte[] text = written.toByteArray();
    List<Origin> origins = new ArrayList<>();
    for (Reading.Copy copy : copies) {
      int start = opening(text, copy.end() - 1);
      byte[] contents = Arrays.copyOfRange(text, start + 1, copy.end() - 1);
      String quoted = new String(text, start, copy.end() - start, StandardCharsets.UTF_8);
      origins.add(
          new Origin(
              OutputPointer.at(text, start),
              Json.tree(quoted).textValue(),
              copy.text().spans(contents)));
    }
    return origins;
  }

  private static Reading.@Nullable Copy first(Readings readings) {
    return readings.readings().isEmpty() ? null : readings.readings().getFirst().copies();
  }

  /** The opening quote of the string whose closing quote stands here. */
  private static int opening(byte[] text, int closing) {
    int at = closing - 1;
    while (text[at] != '"' || escaped(text, at)) {
      at--;
    }
    return at;
  }

  private static boolean escaped(byte[] text, int at) {
    int backslashes = 0;
    while (at - 1 - backslashes >= 0 && text[at - 1 - backslashes] == '\\') {
      backslashes++;
    }
    return backslashes % 2 == 1;
  }
}
