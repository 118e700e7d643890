package dev.paddock.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that lie: whatever is in them, opening one ends with a clear error or a sound model. */
class ModelFileAttackTest {
  private static final TensorFormat F32 = new Float32Format();

  @Test
  void truncatedGgufs() {
    byte[] whole = TestingLlama.file(false).bytes();
    int header = whole.length / 4;
    for (int length = 0; length < whole.length; length += length < header ? 13 : 20_011) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> GgufFile.read(TestingGguf.segment(cut), "cut.gguf"))
          .as("cut at %d", length)
          .isInstanceOfSatisfying(
              ModelException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
    }
  }

  @Test
  void garbledGgufs() {
    byte[] whole = TestingLlama.file(false).bytes();
    Random random = new Random(11);
    int refused = 0;
    for (int round = 0; round < 400; round++) {
      byte[] bad = whole.clone();
      for (int i = 0; i <= random.nextInt(8); i++) {
        int at = random.nextInt(random.nextBoolean() ? 200 : 12_000);
        bad[at] = (byte) random.nextInt();
      }
      try {
        GgufFile file = GgufFile.read(TestingGguf.segment(bad), "bad.gguf");
        GgufTokenizer.read(file);
        LlamaSettings.of(file);
      } catch (ModelException e) {
        assertThat(e.code()).isIn(ErrorCode.CORRUPT, ErrorCode.INVALID_REQUEST);
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(50);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 40, 1L << 32})
  void countsThatOverflow(long count) {
    byte[] file = new TestingGguf().text("a", "b").bytes();
    for (int at : new int[] {8, 16, 24, 37}) {
      byte[] bad = file.clone();
      ByteBuffer.wrap(bad).order(ByteOrder.LITTLE_ENDIAN).putLong(at, count);
      assertThatThrownBy(() -> GgufFile.read(TestingGguf.segment(bad), "bad.gguf"))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("bad.gguf");
    }
  }

  @Test
  void tensorsOutsideTheFile() {
    assertCorrupt(new TestingGguf().tensor("t", F32, new byte[64], 1L << 20));
    assertCorrupt(new TestingGguf().tensor("t", F32, new byte[64], 0));
    assertCorrupt(new TestingGguf().tensor("t", F32, new byte[64], 1 << 30, 1 << 30, 1 << 30, 8));
    assertCorrupt(new TestingGguf().tensor("t", new Q8Format(), new byte[64], 33));
    assertCorrupt(
        new TestingGguf().tensor("t", F32, new byte[64], 16).tensor("t", F32, new byte[64], 16));
    assertCorrupt(
        new TestingGguf().whole("general.alignment", 48).tensor("t", F32, new byte[64], 16));
  }

  private static void assertCorrupt(TestingGguf file) {
    assertThatThrownBy(file::read)
        .isInstanceOfSatisfying(
            ModelException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "[]x",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,32]}}",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[-16,0]}}",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[16,0]}}",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[-4],\"data_offsets\":[0,16]}}",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[4.5],\"data_offsets\":[0,16]}}",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[4611686018427387905],\"data_offsets\":[0,4]}}",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296,4],\"data_offsets\":[0,0]}}",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[9223372036854775807,4]}}",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]},"
            + "\"u\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[8,24]}}",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]},"
            + "\"t\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}",
        "{\"t\":{\"dtype\":\"Q4_1\",\"shape\":[32],\"data_offsets\":[0,20]}}",
        "{\"t\":1}",
      })
  void lyingSafetensors(String header) {
    assertThatThrownBy(() -> safetensors(header, 24, header.length()))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("bad.safetensors");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, Long.MAX_VALUE, 1L << 32, 100_000_001})
  void safetensorsHeaderLengths(long length) {
    assertThatThrownBy(() -> safetensors("{}", 8, length))
        .isInstanceOfSatisfying(
            ModelException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
  }

  @Test
  void soundSafetensorsAreRead() {
    SafetensorsFile file =
        safetensors(
            "{\"t\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
                + "\"__metadata__\":{\"format\":\"pt\"}}",
            24,
            -2);
    assertThat(file.tensor("t").shape()).isEqualTo(List.of(2L, 3L));
    assertThat(file.tensor("t").floats()).hasSize(6);
    assertThatThrownBy(() -> file.tensor("u")).hasMessageContaining("lacks the tensor u");
  }

  /** A length of -2 means the header's own. */
  private static SafetensorsFile safetensors(String header, int body, long length) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + json.length + body).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(length == -2 ? json.length : length).put(json);
    return SafetensorsFile.read(TestingGguf.segment(file.array()), "bad.safetensors");
  }

  @Test
  void filesThatAreNone(@org.junit.jupiter.api.io.TempDir Path folder) throws Exception {
    Path empty = Files.createFile(folder.resolve("empty.gguf"));
    assertThatThrownBy(() -> GgufFile.open(empty)).hasMessageContaining("no GGUF file");
    assertThatThrownBy(() -> GgufFile.open(folder))
        .isInstanceOfSatisfying(
            ModelException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
    Path page = Files.writeString(folder.resolve("page.gguf"), "<html>not found</html>".repeat(9));
    assertThatThrownBy(() -> GgufFile.open(page)).hasMessageContaining("no GGUF file");
  }

  @Test
  void weightsOfAnotherShapeThanTheSettings() {
    TestingGguf file = TestingLlama.file(true).whole("llama.attention.head_count_kv", 4);
    assertThatThrownBy(() -> new LlamaArchitecture().load(file.read(), EngineOptions.DEFAULT))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("attn_k");
  }
}
