package dev.paddock.inference;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Little-endian numbers in byte arrays. */
final class Packing {
  private static final VarHandle FLOAT =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private Packing() {}

  static void putFloat(byte[] bytes, int at, float value) {
    FLOAT.set(bytes, at, value);
  }

  static float half(byte[] bytes, int at) {
    return Layouts.half((short) SHORT.get(bytes, at));
  }
}
