package dev.paddock.provider;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A folder to pull models into, and a small model. */
@Timeout(60)
abstract class PullTest {
  static final String WHEEL = "tiny-1-py3-none-any.whl";
  static final byte[] MODEL = gguf(3, 4096);

  @TempDir Path folder;
  Path bin;
  LocalModelFiles files;

  @BeforeEach
  void prepare() throws IOException {
    bin = Files.createDirectories(folder.resolve("bin"));
    files = new LocalModelFiles(folder.resolve("cache"));
  }

  ModelPull pull() {
    return pull(Map.of());
  }

  ModelPull pull(Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("PATH", bin + "");
    return new ModelPull(
        files,
        environment,
        tiny(),
        new UrlDownload(Duration.ofSeconds(50), Duration.ZERO, 1L << 20));
  }

  static ModelPull.Embedded tiny() {
    return new ModelPull.Embedded(
        "tiny==1", WHEEL, 5000, "tiny/Tiny.gguf", MODEL.length, sha(MODEL));
  }

  static byte[] gguf(int version, int size) {
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    out.put("GGUF".getBytes(UTF_8)).putInt(version).putLong(2).putLong(1);
    for (int i = 24; i < size; i++) {
      out.put((byte) (i * 31));
    }
    return out.array();
  }

  static String sha(byte[] bytes) {
    return HexFormat.of().formatHex(LocalModelFiles.digest().digest(bytes));
  }
}
