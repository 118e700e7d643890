package dev.paddock.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.paddock.core.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every blob store must do. */
abstract class BlobsContract extends StoreContract {
  private static final String HELLO =
      "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

  @Test
  void addressesByContent() throws IOException {
    assertThat(store.blobs().put("hello".getBytes(UTF_8))).isEqualTo(HELLO);
    assertThat(store.blobs().put(new ByteArrayInputStream("hello".getBytes(UTF_8))))
        .isEqualTo(HELLO);
    assertThat(store.blobs().contains(HELLO)).isTrue();
    reopen();
    assertThat(store.blobs().read(HELLO, 5)).hasValue("hello".getBytes(UTF_8));
    try (InputStream in = store.blobs().open(HELLO).orElseThrow()) {
      assertThat(in.readAllBytes()).asString(UTF_8).isEqualTo("hello");
    }
  }

  @Test
  void keepsLargeAndEmptyOnes() throws IOException {
    byte[] large = new byte[3 << 20];
    new Random(1).nextBytes(large);
    String address = store.blobs().put(new ByteArrayInputStream(large));
    assertThat(store.blobs().read(address, large.length)).hasValue(large);
    String empty = store.blobs().put(new byte[0]);
    assertThat(store.blobs().read(empty, 0)).hasValue(new byte[0]);
  }

  @Test
  void saysThatOneIsUnknown() throws IOException {
    assertThat(store.blobs().contains(HELLO)).isFalse();
    assertThat(store.blobs().open(HELLO)).isEmpty();
    assertThat(store.blobs().read(HELLO, 10)).isEmpty();
  }

  @Test
  void readsNoMoreThanAsked() {
    store.blobs().put("hello".getBytes(UTF_8));
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> store.blobs().read(HELLO, 4))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "..",
        "../../paddock.db",
        "/etc/passwd",
        "2CF24DBA5FB0A30E26E83B2AC5B9E29E1B161E5C1FA7425E73043362938B9824",
        "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b982",
        "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\n",
        "2cf24dba5fb0a30e26e83b2ac5b9e29e/../../2cf24dba5fb0a30e26e83b2ac5",
        "\0000000000000000000000000000000000000000000000000000000000000000"
      })
  void refusesHostileAddresses(String address) {
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> store.blobs().contains(address))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    assertThatExceptionOfType(StoreException.class).isThrownBy(() -> store.blobs().open(address));
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> store.blobs().read(address, 10));
  }

  @Test
  void aStreamThatFailsLeavesNothing() {
    InputStream broken =
        new SequenceInputStream(
            new ByteArrayInputStream(new byte[10_000]),
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("cable cut");
              }

              @Override
              public int read(byte[] bytes, int offset, int length) throws IOException {
                return read();
              }
            });
    assertThatIOException().isThrownBy(() -> store.blobs().put(broken)).withMessage("cable cut");
    assertThat(store.prune(PruneRule.blobsOnly())).isEqualTo(new Pruned(0, 0, 0));
  }
}
