package dev.paddock.inference;

import java.lang.foreign.MemorySegment;

/** IEEE half precision. */
public final class Float16Format implements TensorFormat {
  @Override
  public String name() {
    return "F16";
  }

  @Override
  public int ggufType() {
    return 1;
  }

  @Override
  public int blockSize() {
    return 1;
  }

  @Override
  public int blockBytes() {
    return 2;
  }

  @Override
  public void decode(MemorySegment data, long offset, float[] out, int outOffset, int blocks) {
    for (int i = 0; i < blocks; i++) {
      out[outOffset + i] = Layouts.half(data.get(Layouts.SHORT, offset + 2L * i));
    }
  }

  @Override
  public Matrix pack(Tensor tensor, RowOrder order) {
    return HalfMatrix.pack(tensor, order, false);
  }
}
