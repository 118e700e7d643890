package dev.paddock.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can happen to the files of blobs. */
final class BlobFilesTest {
  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path folder;

  @SuppressWarnings("NullAway.Init")
  private FileBlobs blobs;

  @BeforeEach
  void open() {
    blobs = new FileBlobs(folder);
  }

  @Test
  void noticesChangedBytesAndMendsThem() throws IOException {
    String blob = blobs.put("hello".getBytes(UTF_8));
    Files.writeString(blobs.file(blob), "jello");
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> blobs.read(blob, 100))
        .withMessageContaining("damaged")
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
    try (InputStream in = blobs.open(blob).orElseThrow()) {
      assertThatExceptionOfType(VerifiedStream.Mismatch.class).isThrownBy(in::readAllBytes);
    }
    blobs.put("hello".getBytes(UTF_8));
    assertThat(blobs.read(blob, 100)).hasValue("hello".getBytes(UTF_8));
  }

  @Test
  void noticesWhatIsCutOffWhateverWayItIsRead() throws IOException {
    String blob = blobs.put("hello".repeat(5000).getBytes(UTF_8));
    Files.writeString(blobs.file(blob), "hello".repeat(4999));
    try (InputStream in = blobs.open(blob).orElseThrow()) {
      assertThatExceptionOfType(VerifiedStream.Mismatch.class)
          .isThrownBy(() -> in.skipNBytes(1_000_000));
    }
    try (InputStream in = blobs.open(blob).orElseThrow()) {
      assertThatExceptionOfType(VerifiedStream.Mismatch.class)
          .isThrownBy(
              () -> {
                while (in.read() >= 0) {}
              });
    }
  }

  @Test
  void followsNoLink() throws IOException {
    String blob = blobs.put("hello".getBytes(UTF_8));
    Path secret = Files.writeString(folder.resolve("secret"), "hello");
    Files.delete(blobs.file(blob));
    Files.createSymbolicLink(blobs.file(blob), secret);
    assertThat(blobs.contains(blob)).isFalse();
    assertThat(blobs.open(blob)).isEmpty();
    assertThat(blobs.read(blob, 100)).isEmpty();
  }

  @Test
  void findsAddressesInDocuments() {
    String one = "1".repeat(64);
    String two = "0123456789abcdef".repeat(4);
    for (int shift = 0; shift < 140; shift++) {
      String json = "x".repeat(shift) + one + "," + two + "\"" + one + "0\"" + "A".repeat(64);
      assertThat(BlobReferences.in(json.getBytes(UTF_8))).isEqualTo(Set.of(one, two));
    }
    assertThat(BlobReferences.in(one.substring(1).getBytes(UTF_8))).isEmpty();
    assertThat(BlobReferences.in(one.getBytes(UTF_8))).containsExactly(one);
    assertThat(BlobReferences.in(new byte[0])).isEmpty();
  }
}
