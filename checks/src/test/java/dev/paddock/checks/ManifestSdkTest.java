package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.checks.SdkProgram.Language;
import dev.paddock.core.Json;
import dev.paddock.manifest.ManifestReader;
import dev.paddock.manifest.ManifestWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A manifest that the OpenAI Agents SDK dumped, read and written here, is the same to the SDK. */
class ManifestSdkTest {
  private static final Path PROGRAM = SdkProgram.SCRIPTS.resolve("openai_manifest.py");
  private static final Path PACKAGES = SdkProgram.SCRIPTS.resolve("python");

  @TempDir Path folder;

  @Test
  void whatTheSdkDumpsComesBackEqual() throws IOException, InterruptedException {
    Optional<String> missing = Language.PYTHON.missing();
    assumeTrue(missing.isEmpty(), missing.orElse(""));
    assumeTrue(
        Files.isDirectory(PACKAGES.resolve("agents")),
        "openai-agents is not installed; fix: remove %s and install again".formatted(PACKAGES));

    List<String> dumps = run("dump", "").lines().toList();
    assertThat(dumps).hasSizeGreaterThan(4);
    StringBuilder back = new StringBuilder();
    for (String dump : dumps) {
      JsonNode line = Json.tree(dump);
      ObjectNode own = ManifestWriter.json(ManifestReader.read(line.path("manifest")));
      ObjectNode sent = Json.object().put("name", line.path("name").asText());
      back.append(Json.write(sent.set("manifest", own))).append('\n');
    }
    assertThat(run("compare", back.toString())).isEqualTo("all equal\n");
  }

  private String run(String mode, String input) throws IOException, InterruptedException {
    Path in = Files.writeString(folder.resolve(mode + ".in"), input);
    Path out = folder.resolve(mode + ".out");
    ProcessBuilder builder =
        new ProcessBuilder("python3", PROGRAM.toString(), mode)
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("PYTHONPATH", PACKAGES.toString());
    Process process = builder.start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    String said = Files.readString(out);
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }
}
