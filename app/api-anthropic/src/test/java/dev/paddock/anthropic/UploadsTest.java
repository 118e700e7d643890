package dev.paddock.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.server.spi.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UploadsTest {
  private static final byte[] SKILL =
      "---\nname: s\ndescription: d\n---\nbody\n".getBytes(StandardCharsets.UTF_8);

  @TempDir Path home;
  private TestingApi api;

  @BeforeEach
  void open() {
    api = new TestingApi(home);
  }

  @AfterEach
  void close() {
    api.close();
  }

  private Request.Part skill(String path) {
    return api.file("files[]", path, SKILL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SKILL.md",
        "s/../SKILL.md",
        "/s/x",
        "s//x",
        "s/./x",
        "../s/x",
        "t/x",
        "s\\..\\x",
        "s/SKILL.md"
      })
  void aPathThatIsNoneOfASkillIsRefused(String path) {
    TestingApi.Answer answer = api.upload("/v1/skills", skill("s/SKILL.md"), skill(path));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.message()).startsWith("files");
    assertThat(api.stored().path("skill").asInt()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../s/SKILL.md", "/etc/passwd", "s/../../x"})
  void anArchiveLeadsNowhere(String entry) throws IOException {
    TestingApi.Answer answer =
        api.upload(
            "/v1/skills",
            api.file("files[]", "s.zip", zip(Map.of("s/SKILL.md", SKILL, entry, SKILL))));

    assertThat(answer.status()).isEqualTo(400);
  }

  @Test
  void anArchiveThatSwellsIsRefused() throws IOException {
    TestingApi.Answer answer =
        api.upload(
            "/v1/skills",
            api.file(
                "files[]", "s.zip", zip(Map.of("s/SKILL.md", SKILL, "s/big", new byte[31 << 20]))));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.message()).contains("bytes");
  }

  @ParameterizedTest
  @CsvSource({"PK, no", "'', no"})
  void whatIsNoArchiveIsRefused(String content) {
    TestingApi.Answer answer =
        api.upload(
            "/v1/skills", api.file("files[]", "s.zip", content.getBytes(StandardCharsets.UTF_8)));

    assertThat(answer.status()).isEqualTo(400);
  }

  @Test
  void anArchiveThatIsCutOffIsRefusedWhereverItEnds() throws IOException {
    byte[] whole = zip(Map.of("s/SKILL.md", SKILL, "s/a", new byte[5000]));
    for (int length = 1; length < whole.length - 100; length += 7) {
      byte[] cut = Arrays.copyOf(whole, length);
      TestingApi.Answer answer = api.upload("/v1/skills", api.file("files[]", "s.zip", cut));
      assertThat(answer.status()).as("%d bytes", length).isIn(200, 400);
    }
  }

  private static byte[] zip(Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue());
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @CsvSource({
    "../../etc/passwd, passwd",
    "C:\\dir\\a.txt, a.txt",
    ".., unnamed.txt",
    "'', unnamed.txt",
    "a\u0000b\u001b[31m, ab[31m"
  })
  void aFileKeepsTheLastPartOfItsName(String sent, String kept) {
    TestingApi.Answer answer =
        api.upload("/v1/files", api.file("file", sent, "x".getBytes(StandardCharsets.UTF_8)));

    assertThat(answer.body().path("filename").asText()).isEqualTo(kept);
  }

  @Test
  void aMountPathStaysOutOfTheSystem() {
    String file = api.upload("/v1/files", api.file("file", "a", SKILL)).body().path("id").asText();
    String agent = api.agent();
    String environment = api.post("/v1/environments", "{\"name\": \"e\"}").path("id").asText();
    for (String path :
        List.of(
            "etc/x",
            "/etc/passwd",
            "/usr/bin/bash",
            "/workspace",
            "/mnt/../etc/x",
            "/mnt/",
            "//x")) {
      TestingApi.Answer answer =
          api.call(
              "POST",
              "/v1/sessions",
              "{\"agent\": \"%s\", \"environment_id\": \"%s\", \"resources\": [{\"type\": \"file\", \"file_id\": \"%s\", \"mount_path\": \"%s\"}]}"
                  .formatted(agent, environment, file, path));
      assertThat(answer.status()).as(path).isEqualTo(400);
      assertThat(answer.message()).startsWith("resources[0].mount_path");
    }
    assertThat(api.get("/v1/sessions").path("data")).isEmpty();
  }
}
