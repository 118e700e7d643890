package dev.paddock.inference;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** IEEE single precision. */
public final class Float32Format implements TensorFormat {
  private static final ValueLayout.OfFloat FLOAT = Layouts.FLOAT;

  @Override
  public String name() {
    return "F32";
  }

  @Override
  public int ggufType() {
    return 0;
  }

  @Override
  public int blockSize() {
    return 1;
  }

  @Override
  public int blockBytes() {
    return 4;
  }

  @Override
  public void decode(MemorySegment data, long offset, float[] out, int outOffset, int blocks) {
    MemorySegment.copy(data, FLOAT, offset, out, outOffset, blocks);
  }
}
