package dev.paddock.inference;

import java.util.List;

/** Tokens that are evaluated together, part after part. */
public record Batch(List<Part> parts) {
  public Batch {
    parts = List.copyOf(parts);
  }

  public static Batch of(Part... parts) {
    return new Batch(List.of(parts));
  }

  public int size() {
    int size = 0;
    for (Part part : parts) {
      size += part.size();
    }
    return size;
  }
}
