package dev.paddock.sandbox;

import java.util.Optional;

/**
 * Kind and size of an image, from its first bytes; nothing of it is decoded.
 *
 * @param mediaType of the four kinds that models take
 */
record ImageHeader(String mediaType, long width, long height) {

  /** Empty where it is none of the four kinds, or has no size where that kind says it. */
  static Optional<ImageHeader> of(byte[] bytes) {
    return FileText.imageType(bytes)
        .flatMap(
            type ->
                switch (type) {
                  case "image/png" -> png(bytes);
                  case "image/gif" -> gif(bytes);
                  case "image/webp" -> webp(bytes);
                  default -> jpeg(bytes);
                })
        .filter(header -> header.width > 0 && header.height > 0);
  }

  private static Optional<ImageHeader> png(byte[] b) {
    boolean header = b.length >= 24 && b[12] == 'I' && b[13] == 'H' && b[14] == 'D' && b[15] == 'R';
    return header
        ? Optional.of(new ImageHeader("image/png", big(b, 16, 4), big(b, 20, 4)))
        : Optional.empty();
  }

  private static Optional<ImageHeader> gif(byte[] b) {
    return b.length >= 10
        ? Optional.of(new ImageHeader("image/gif", little(b, 6, 2), little(b, 8, 2)))
        : Optional.empty();
  }

  /** The three forms of a frame: lossy, lossless, extended. */
  private static Optional<ImageHeader> webp(byte[] b) {
    if (b.length < 30 || b[12] != 'V' || b[13] != 'P' || b[14] != '8') {
      return Optional.empty();
    }
    return switch (b[15]) {
      case ' ' ->
          Optional.of(
              new ImageHeader("image/webp", little(b, 26, 2) & 0x3fff, little(b, 28, 2) & 0x3fff));
      case 'L' -> {
        long bits = little(b, 21, 4);
        yield Optional.of(
            new ImageHeader("image/webp", 1 + (bits & 0x3fff), 1 + ((bits >> 14) & 0x3fff)));
      }
      case 'X' ->
          Optional.of(new ImageHeader("image/webp", 1 + little(b, 24, 3), 1 + little(b, 27, 3)));
      default -> Optional.empty();
    };
  }

  /** Goes from segment to segment until one that starts a frame. */
  private static Optional<ImageHeader> jpeg(byte[] b) {
    int at = 2;
    while (at + 9 < b.length && b[at] == (byte) 0xff) {
      int marker = b[at + 1] & 0xff;
      if (marker == 0xff) {
        at++;
      } else if (startsFrame(marker)) {
        return Optional.of(new ImageHeader("image/jpeg", big(b, at + 7, 2), big(b, at + 5, 2)));
      } else if (marker == 0xd9 || marker == 0xda) {
        return Optional.empty();
      } else {
        at += 2 + Math.max(2, (int) big(b, at + 2, 2));
      }
    }
    return Optional.empty();
  }

  private static boolean startsFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  private static long big(byte[] bytes, int at, int length) {
    long value = 0;
    for (int i = 0; i < length; i++) {
      value = value << 8 | (bytes[at + i] & 0xff);
    }
    return value;
  }

  private static long little(byte[] bytes, int at, int length) {
    long value = 0;
    for (int i = length - 1; i >= 0; i--) {
      value = value << 8 | (bytes[at + i] & 0xff);
    }
    return value;
  }
}
