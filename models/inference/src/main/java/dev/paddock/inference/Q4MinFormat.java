package dev.paddock.inference;

import java.lang.foreign.MemorySegment;

/** GGUF's Q4_1: 32 four-bit numbers, 0 to 15, with an fp16 scale and an fp16 minimum in front. */
public final class Q4MinFormat implements TensorFormat {
  @Override
  public String name() {
    return "Q4_1";
  }

  @Override
  public int ggufType() {
    return 3;
  }

  @Override
  public int blockSize() {
    return 32;
  }

  @Override
  public int blockBytes() {
    return 20;
  }

  @Override
  public void decode(MemorySegment data, long offset, float[] out, int outOffset, int blocks) {
    for (int b = 0; b < blocks; b++) {
      long at = offset + 20L * b;
      float scale = Layouts.half(data.get(Layouts.SHORT, at));
      float min = Layouts.half(data.get(Layouts.SHORT, at + 2));
      for (int i = 0; i < 16; i++) {
        int pair = data.get(Layouts.BYTE, at + 4 + i);
        out[outOffset + 32 * b + i] = scale * (pair & 15) + min;
        out[outOffset + 32 * b + i + 16] = scale * ((pair >> 4) & 15) + min;
      }
    }
  }

  @Override
  public Matrix pack(Tensor tensor, RowOrder order) {
    return Q4Matrix.pack(tensor, order, true);
  }
}
