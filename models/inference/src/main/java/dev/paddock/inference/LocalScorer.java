package dev.paddock.inference;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.Scorer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Scores continuations as token tries over a prefix whose cache stays resident. Continuations with
 * a common beginning share its evaluation; a trie larger than a batch is parted by branches.
 */
final class LocalScorer implements Scorer {
  private final Engine engine;
  private final Tokenizer tokenizer;

  LocalScorer(Engine engine, Tokenizer tokenizer) {
    this.engine = engine;
    this.tokenizer = tokenizer;
  }

  /** A branch as tokens; those from {@code scoredFrom} on are scored. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Path(int branch, int[] tokens, int scoredFrom) {}

  @Override
  public List<Score> score(List<String> prefix, List<Branch> branches) throws InterruptedException {
    List<Path> paths = paths(branches);
    if (paths.isEmpty()) {
      return List.of();
    }
    int[] tokens = tokens(prefix);
    int longest = paths.stream().mapToInt(p -> p.tokens.length).max().orElseThrow();
    if (tokens.length == 0) {
      throw new ModelException(
          ErrorCode.INVALID_REQUEST, "a score needs a prefix of at least one token");
    }
    if (tokens.length + longest > engine.contextLength()) {
      throw new ModelException(
          ErrorCode.LIMIT_EXCEEDED,
          "prefix and continuation have %d tokens; the model reads %d"
              .formatted(tokens.length + longest, engine.contextLength()));
    }
    Sequence sequence = engine.begin(tokens, tokens.length);
    try {
      for (int end : ends(prefix)) {
        if (end > sequence.length()) {
          engine.extend(sequence, tokens, end);
          engine.keep(sequence);
        }
      }
      return scores(sequence, paths, branches.size());
    } finally {
      engine.release(sequence);
    }
  }

  private List<Path> paths(List<Branch> branches) {
    List<Path> paths = new ArrayList<>();
    for (int i = 0; i < branches.size(); i++) {
      int[] bridge = tokenizer.encodePlain(branches.get(i).bridge());
      int[] scored = tokenizer.encodePlain(branches.get(i).continuation());
      int[] all = Arrays.copyOf(bridge, bridge.length + scored.length);
      System.arraycopy(scored, 0, all, bridge.length, scored.length);
      paths.add(new Path(i, all, bridge.length));
    }
    return paths;
  }

  private int[] tokens(List<String> prefix) {
    IntBuffer out = new IntBuffer();
    tokenizer.beginning().ifPresent(out::add);
    prefix.forEach(segment -> out.addAll(tokenizer.encodePlain(segment)));
    return out.toArray();
  }

  private List<Integer> ends(List<String> prefix) {
    List<Integer> ends = new ArrayList<>();
    int at = tokenizer.beginning().isPresent() ? 1 : 0;
    for (String segment : prefix) {
      at += tokenizer.encodePlain(segment).length;
      ends.add(at);
    }
    return ends;
  }

  private List<Score> scores(Sequence sequence, List<Path> paths, int count)
      throws InterruptedException {
    // the last token of the prefix is evaluated again as the trie's root: it predicts what follows
    int last = sequence.token(sequence.length() - 1);
    Sequence base = engine.turn(n -> sequence.fork(sequence.length() - 1));
    try {
      List<Path> sorted = new ArrayList<>(paths);
      sorted.sort(Comparator.comparing(Path::tokens, Arrays::compare));
      Score[] scores = new Score[count];
      int from = 0;
      while (from < sorted.size()) {
        int begin = from;
        from = engine.turn(n -> tree(n, base, last, sorted, begin, scores));
      }
      return List.of(scores);
    } finally {
      engine.release(base);
    }
  }

  /** Evaluates as many paths as fit in one batch and returns the index of the next. */
  private static int tree(
      Network network, Sequence base, int root, List<Path> paths, int from, Score[] scores) {
    TokenTree tree = new TokenTree();
    int top = tree.child(TokenTree.ROOT, root);
    List<Likelihoods.Target> targets = new ArrayList<>();
    List<Integer> ends = new ArrayList<>();
    int next = from;
    while (next < paths.size()) {
      Path path = paths.get(next);
      if (next > from && tree.size() + path.tokens.length > network.batchLimit()) {
        break;
      }
      int node = top;
      for (int i = 0; i < path.tokens.length; i++) {
        if (i >= path.scoredFrom) {
          targets.add(new Likelihoods.Target(node, path.tokens[i]));
        }
        if (i < path.tokens.length - 1) {
          node = tree.child(node, path.tokens[i]);
        }
      }
      ends.add(targets.size());
      next++;
    }
    if (tree.size() > network.batchLimit()) {
      throw new ModelException(
          ErrorCode.LIMIT_EXCEEDED,
          "a continuation may have at most %d tokens".formatted(network.batchLimit()));
    }
    Part part = Part.tree(base, tree.tokens(), tree.parents());
    Rows hidden = network.forward(Batch.of(part), LayerObserver.NONE);
    Likelihoods.compute(network, hidden, tree.size(), targets);
    int target = 0;
    for (int i = from; i < next; i++) {
      double sum = 0;
      int first = target;
      for (; target < ends.get(i - from); target++) {
        sum += targets.get(target).logProbability;
      }
      scores[paths.get(i).branch] = new Score(sum, target - first);
    }
    return next;
  }
}
