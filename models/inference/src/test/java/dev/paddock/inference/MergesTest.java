package dev.paddock.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MergesTest {
  /** Left, right and joined token of each rank. */
  private final List<int[]> ranks = new ArrayList<>();

  private Merges merges(Random random) {
    Merges merges = new Merges(60);
    ranks.clear();
    for (int rank = 0; rank < 60; rank++) {
      int left = random.nextInt(4 + rank);
      int right = random.nextInt(4 + rank);
      ranks.add(new int[] {left, right, 4 + rank});
      merges.put(left, right, rank, 4 + rank);
    }
    return merges;
  }

  @Test
  void joinsAsTheSimpleWayDoes() {
    Random random = new Random(9);
    for (int round = 0; round < 300; round++) {
      Merges merges = merges(random);
      int[] tokens = random.ints(random.nextInt(60), 0, 4).toArray();
      int[] expected = simple(tokens);
      int length = merges.apply(tokens, tokens.length);
      assertThat(Arrays.copyOf(tokens, length)).isEqualTo(expected);
    }
  }

  /** The leftmost pair of the lowest rank, again and again. */
  private int[] simple(int[] tokens) {
    List<Integer> out = new ArrayList<>(Arrays.stream(tokens).boxed().toList());
    while (true) {
      int bestRank = Integer.MAX_VALUE;
      int bestAt = -1;
      for (int i = 0; i + 1 < out.size(); i++) {
        int rank = rank(out.get(i), out.get(i + 1));
        if (rank < bestRank) {
          bestRank = rank;
          bestAt = i;
        }
      }
      if (bestAt < 0) {
        return out.stream().mapToInt(t -> t).toArray();
      }
      out.set(bestAt, ranks.get(bestRank)[2]);
      out.subList(bestAt + 1, bestAt + 2).clear();
    }
  }

  private int rank(int left, int right) {
    for (int rank = 0; rank < ranks.size(); rank++) {
      if (ranks.get(rank)[0] == left && ranks.get(rank)[1] == right) {
        return rank;
      }
    }
    return Integer.MAX_VALUE;
  }

  @Test
  void aLongRunIsJoinedInTime() {
    Merges merges = new Merges(20);
    for (int level = 0; level < 17; level++) {
      merges.put(level, level, level, level + 1);
    }
    int[] tokens = new int[1 << 17];
    assertThat(merges.apply(tokens, tokens.length)).isEqualTo(1);
    assertThat(tokens[0]).isEqualTo(17);
  }
}
