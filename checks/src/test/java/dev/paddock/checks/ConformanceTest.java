package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.checks.Conformance.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The vendors' own SDKs, unmodified, do on this server what they do on theirs. */
class ConformanceTest {
  @TempDir Path folder;

  static List<String> scripts() {
    return Conformance.scripts().stream().map(path -> path.getFileName().toString()).toList();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("scripts")
  void theScriptPassesAndThePageSaysSo(String name) throws IOException {
    Path script = SdkProgram.SCRIPTS.resolve(name);
    Optional<String> missing = Conformance.missing(script);
    assumeTrue(missing.isEmpty(), missing.orElse(""));
    assumeTrue(Machine.confines(), Machine.whyNot());

    Outcome outcome = Conformance.run(script, folder);

    assertThat(outcome.lines()).as(outcome.err()).isNotEmpty();
    assertThat(outcome.lines().stream().filter(line -> line.result().equals("fail")))
        .as(outcome.err())
        .isEmpty();
    assertThat(outcome.exit()).as(outcome.err()).isZero();
    assertThat(Files.readString(Protocols.PAGE))
        .as("docs/protocols.md is old; run ./paddock protocols")
        .contains(Protocols.section(name, outcome.lines()));
  }
}
