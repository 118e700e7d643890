package dev.paddock.inference;

import java.lang.foreign.MemorySegment;

/** GGUF's Q4_0: 32 four-bit numbers, -8 to 7, with one fp16 scale in front. */
public final class Q4Format implements TensorFormat {
  @Override
  public String name() {
    return "Q4_0";
  }

  @Override
  public int ggufType() {
    return 2;
  }

  @Override
  public int blockSize() {
    return 32;
  }

  @Override
  public int blockBytes() {
    return 18;
  }

  @Override
  public void decode(MemorySegment data, long offset, float[] out, int outOffset, int blocks) {
    for (int b = 0; b < blocks; b++) {
      long at = offset + 18L * b;
      float scale = Layouts.half(data.get(Layouts.SHORT, at));
      float min = -8 * scale;
      for (int i = 0; i < 16; i++) {
        int pair = data.get(Layouts.BYTE, at + 2 + i);
        out[outOffset + 32 * b + i] = scale * (pair & 15) + min;
        out[outOffset + 32 * b + i + 16] = scale * ((pair >> 4) & 15) + min;
      }
    }
  }

  @Override
  public Matrix pack(Tensor tensor, RowOrder order) {
    return Q4Matrix.pack(tensor, order, false);
  }
}
