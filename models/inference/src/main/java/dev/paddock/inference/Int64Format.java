package dev.paddock.inference;

import java.lang.foreign.MemorySegment;

/** Long whole numbers, as reference implementations write token ids. */
public final class Int64Format implements TensorFormat {
  @Override
  public String name() {
    return "I64";
  }

  @Override
  public int ggufType() {
    return 27;
  }

  @Override
  public int blockSize() {
    return 1;
  }

  @Override
  public int blockBytes() {
    return 8;
  }

  @Override
  public void decode(MemorySegment data, long offset, float[] out, int outOffset, int blocks) {
    for (int i = 0; i < blocks; i++) {
      out[outOffset + i] = data.get(Layouts.LONG, offset + 8L * i);
    }
  }
}
