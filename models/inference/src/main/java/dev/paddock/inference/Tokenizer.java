package dev.paddock.inference;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A byte-level BPE tokenizer; safe for many threads. */
public final class Tokenizer implements TokenVocabulary {
  private static final int MAX_CACHED = 20_000;
  private static final int MAX_CACHED_LENGTH = 64;

  private final List<byte[]> tokens;
  private final BitSet special;
  private final BitSet ends;
  private final PreTokenizer preTokenizer;
  private final boolean composes;
  private final TokenTable table;
  private final Merges merges;
  private final int[] byteTokens = new int[256];
  private final Map<Character, List<Integer>> specialsByFirst = new HashMap<>();
  private final Map<String, int[]> cache = new ConcurrentHashMap<>();
  private final Optional<Integer> beginning;
  private final int endOfTurn;

  /**
   * What a file says of a tokenizer.
   *
   * @param tokens bytes by id
   * @param special ids of control tokens
   * @param pairs left and right of each merge, the first rank first
   * @param beginning the token that a prompt begins with, if there is one
   * @param composes text is brought to Unicode's form C first
   */
  record Parts(
      List<byte[]> tokens,
      BitSet special,
      List<byte[][]> pairs,
      PreTokenizer preTokenizer,
      Optional<Integer> beginning,
      int endOfTurn,
      boolean composes) {}

  Tokenizer(Parts parts) {
    tokens = parts.tokens;
    special = parts.special;
    preTokenizer = parts.preTokenizer;
    composes = parts.composes;
    beginning = parts.beginning;
    endOfTurn = parts.endOfTurn;
    if (endOfTurn < 0 || endOfTurn >= tokens.size()) {
      throw new ModelException(
          ErrorCode.CORRUPT,
          "the tokenizer's end token %d is none of its %d".formatted(endOfTurn, tokens.size()));
    }
    table = new TokenTable(tokens);
    for (int b = 0; b < 256; b++) {
      byteTokens[b] = table.find(new byte[] {(byte) b});
    }
    merges = new Merges(parts.pairs.size());
    for (int rank = 0; rank < parts.pairs.size(); rank++) {
      byte[] left = parts.pairs.get(rank)[0];
      byte[] right = parts.pairs.get(rank)[1];
      byte[] both = Arrays.copyOf(left, left.length + right.length);
      System.arraycopy(right, 0, both, left.length, right.length);
      int a = table.find(left);
      int b = table.find(right);
      int joined = table.find(both);
      if (a < 0 || b < 0 || joined < 0) {
        throw new ModelException(
            ErrorCode.CORRUPT, "the tokenizer's merge %d joins no tokens".formatted(rank));
      }
      merges.put(a, b, rank, joined);
    }
    ends = new BitSet();
    ends.set(endOfTurn);
    special.stream().forEach(this::indexSpecial);
  }

  private void indexSpecial(int id) {
    String name = text(id);
    if (name.isEmpty()) {
      return;
    }
    List<Integer> same = specialsByFirst.computeIfAbsent(name.charAt(0), c -> new ArrayList<>());
    same.add(id);
    same.sort(Comparator.comparingInt((Integer other) -> text(other).length()).reversed());
    switch (name) {
      case "<|im_end|>", "<|eot_id|>", "<|endoftext|>", "<|end_of_text|>", "</s>" -> ends.set(id);
      default -> {}
    }
  }

  @Override
  public int size() {
    return tokens.size();
  }

  @Override
  public byte[] bytes(int token) {
    return tokens.get(token);
  }

  /** The token's text; parts of characters are replaced. */
  public String text(int token) {
    return new String(tokens.get(token), StandardCharsets.UTF_8);
  }

  @Override
  public boolean special(int token) {
    return special.get(token);
  }

  @Override
  public int endOfTurn() {
    return endOfTurn;
  }

  /** Whether a model that says this token has finished. */
  public boolean ends(int token) {
    return ends.get(token);
  }

  /** The token that every prompt begins with, where the model was trained so. */
  public Optional<Integer> beginning() {
    return beginning;
  }

  @Override
  public List<Integer> encode(String text) {
    return Arrays.stream(encodePlain(text)).boxed().toList();
  }

  /** The tokens of a text in which nothing is special. */
  public int[] encodePlain(String text) {
    IntBuffer out = new IntBuffer();
    plain(text, out);
    return out.toArray();
  }

  /** The tokens of a rendered template, in which the names of special tokens mean these. */
  public int[] encodeTemplate(String text) {
    return encodeTemplate(text, '\uFDD0');
  }

  /**
   * @param guard a character that is left out; within a special token's name it makes it text
   */
  int[] encodeTemplate(String text, char guard) {
    IntBuffer out = new IntBuffer();
    int begin = 0;
    int at = 0;
    while (at < text.length()) {
      int id = specialAt(text, at);
      if (id < 0) {
        at++;
        continue;
      }
      plain(unguarded(text.substring(begin, at), guard), out);
      out.add(id);
      at += text(id).length();
      begin = at;
    }
    plain(unguarded(text.substring(begin), guard), out);
    return out.toArray();
  }

  private static String unguarded(String text, char guard) {
    return text.indexOf(guard) < 0 ? text : text.replace(String.valueOf(guard), "");
  }

  private int specialAt(String text, int at) {
    for (int id : specialsByFirst.getOrDefault(text.charAt(at), List.of())) {
      if (text.startsWith(text(id), at)) {
        return id;
      }
    }
    return -1;
  }

  /** The names of the special tokens. */
  List<String> specialNames() {
    return special.stream().mapToObj(this::text).toList();
  }

  /** The text of tokens, with special ones left out. */
  public String decode(int... ids) {
    Utf8Stream stream = new Utf8Stream();
    StringBuilder out = new StringBuilder();
    for (int id : ids) {
      if (!special.get(id)) {
        out.append(stream.push(tokens.get(id)));
      }
    }
    return out.append(stream.finish()).toString();
  }

  private void plain(String text, IntBuffer out) {
    String input = composes ? Normalizer.normalize(text, Normalizer.Form.NFC) : text;
    preTokenizer.split(input, piece -> piece(piece, out));
  }

  private void piece(String piece, IntBuffer out) {
    int[] known = cache.get(piece);
    if (known == null) {
      known = merge(piece.getBytes(StandardCharsets.UTF_8));
      if (piece.length() <= MAX_CACHED_LENGTH) {
        if (cache.size() >= MAX_CACHED) {
          cache.clear();
        }
        cache.put(piece, known);
      }
    }
    out.addAll(known);
  }

  private int[] merge(byte[] bytes) {
    if (preTokenizer.wholeWords()) {
      int whole = table.find(bytes);
      if (whole >= 0) {
        return new int[] {whole};
      }
    }
    int[] symbols = new int[bytes.length];
    int n = 0;
    for (byte b : bytes) {
      if (byteTokens[b & 0xff] >= 0) {
        symbols[n++] = byteTokens[b & 0xff];
      }
    }
    return Arrays.copyOf(symbols, merges.apply(symbols, n));
  }
}
