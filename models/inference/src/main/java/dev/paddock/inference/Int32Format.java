package dev.paddock.inference;

import java.lang.foreign.MemorySegment;

/** Whole numbers, such as token ids; exact in fp32 up to 2^24. */
public final class Int32Format implements TensorFormat {
  @Override
  public String name() {
    return "I32";
  }

  @Override
  public int ggufType() {
    return 26;
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
    for (int i = 0; i < blocks; i++) {
      out[outOffset + i] = data.get(Layouts.INT, offset + 4L * i);
    }
  }
}
