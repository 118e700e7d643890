package dev.paddock.inference;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The widths at which the vector kernels work on this machine: 8 or 16 floats at once. */
final class Lanes {
  static final VectorSpecies<Float> FLOATS =
      FloatVector.SPECIES_PREFERRED.length() > 16
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_PREFERRED;

  static final int COUNT = FLOATS.length();

  /** Floats in one column of an expanded panel: two vectors. */
  static final int PANEL = 2 * COUNT;

  /** Below 256 bits the narrow conversions have no vector shape: scalar code runs instead. */
  static final boolean VECTORISED = COUNT >= 8;

  static final VectorSpecies<Integer> INTS =
      IntVector.SPECIES_PREFERRED.withShape(FLOATS.vectorShape());
  static final VectorSpecies<Byte> BYTES =
      ByteVector.SPECIES_64.withShape(VectorShape.forBitSize(Math.max(64, COUNT * 8)));
  static final VectorSpecies<Short> SHORTS =
      ShortVector.SPECIES_64.withShape(VectorShape.forBitSize(Math.max(64, COUNT * 16)));

  private Lanes() {}
}
