package dev.paddock.inference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Words that must not come again; immutable. */
final class Used {
  static final Used NONE = new Used(List.of());

  private final List<byte[]> words;
  private final int hash;

  private Used(List<byte[]> words) {
    this.words = words;
    this.hash = words.stream().mapToInt(Arrays::hashCode).sum();
  }

  Used plus(byte[] word) {
    List<byte[]> more = new ArrayList<>(words);
    more.add(word);
    return new Used(more);
  }

  List<byte[]> words() {
    return words;
  }

  int size() {
    return words.size();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof Used u) || u.hash != hash || u.size() != size()) {
      return false;
    }
    for (int i = 0; i < words.size(); i++) {
      if (!Arrays.equals(words.get(i), u.words.get(i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
