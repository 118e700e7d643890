package dev.paddock.node;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelRef;
import dev.paddock.provider.Providers;
import dev.paddock.provider.spi.ModelFactory;
import dev.paddock.sandbox.spi.Limits;
import dev.paddock.sandbox.spi.Readiness;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxProvider;
import dev.paddock.sandbox.spi.SandboxReport;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What this machine offers, and the exact fix for each part that is missing. It changes nothing.
 */
public final class Doctor {
  /** With the one that is not usual, so that it is told who would hold it. */
  private static final Limits EVERY_LIMIT = Limits.DEFAULT.withIoBytesPerSecond(1L << 30);

  private final Node node;
  private final Map<String, String> environment;

  public Doctor(Node node, Map<String, String> environment) {
    this.node = node;
    this.environment = environment;
  }

  /** What was found of one part. */
  public enum State {
    READY,
    /** Nothing runs without it. */
    MISSING,
    /** Something that this machine could have and Paddock would use. */
    ABSENT,
    NOT_CHECKED
  }

  /**
   * One part.
   *
   * @param fix what to type, empty where there is nothing to do
   */
  public record Finding(String part, State state, String detail, Optional<String> fix) {}

  public List<Finding> examine() {
    List<Finding> findings = new ArrayList<>();
    findings.add(ready("java", System.getProperty("java.runtime.version", "unknown")));
    findings.add(ready("home", node.home().root().toString()));
    sandboxes(findings);
    findings.add(
        program(
            "socat", "the bridge of sandboxes that may reach hosts", "apt-get install -y socat"));
    findings.add(
        program("rclone", "storage services that manifests mount", "apt-get install -y rclone"));
    findings.add(model());
    findings.add(remoteModels());
    return findings;
  }

  /** Only the place that agents run in must be there. */
  private void sandboxes(List<Finding> findings) {
    place(node.sandboxes(), State.MISSING, findings);
    for (String name : SandboxPlaces.names()) {
      if (!name.equals(node.place())) {
        try (SandboxProvider other = node.open(name)) {
          place(other, State.ABSENT, findings);
        }
      }
    }
  }

  private void place(SandboxProvider provider, State without, List<Finding> findings) {
    String part = "sandbox " + provider.place();
    Readiness readiness = provider.readiness();
    if (!readiness.ready()) {
      for (Readiness.Missing missing : readiness.missing()) {
        findings.add(new Finding(part, without, missing.what(), Optional.of(missing.fix())));
      }
      return;
    }
    SandboxReport report = report(provider);
    findings.add(
        ready(
            part,
            "%d measures hold%s; see docs/sandbox.md"
                .formatted(
                    report.isolation().size(),
                    without == State.MISSING ? "" : "; chosen by --place " + provider.place())));
    Map<String, List<String>> byDriver = new TreeMap<>();
    report
        .limits()
        .forEach(
            (limit, driver) ->
                byDriver
                    .computeIfAbsent(words(driver.name()), ignored -> new ArrayList<>())
                    .add(words(limit.name())));
    byDriver.forEach(
        (driver, limits) ->
            findings.add(
                driver.equals("none")
                    ? new Finding(
                        "limits",
                        State.ABSENT,
                        "not held: " + String.join(", ", limits),
                        Optional.empty())
                    : ready("limits by " + driver, String.join(", ", limits))));
  }

  private SandboxReport report(SandboxProvider provider) {
    Path workspace = node.home().files().resolve("doctor-" + ProcessHandle.current().pid());
    try {
      Files.createDirectory(workspace);
      try (Sandbox sandbox = provider.start(SandboxSpec.of(workspace).withLimits(EVERY_LIMIT))) {
        return sandbox.report();
      } finally {
        Files.delete(workspace);
      }
    } catch (IOException e) {
      throw new NodeException(
          ErrorCode.READ_ONLY, "cannot write to %s: %s".formatted(workspace, e), e);
    }
  }

  private Finding model() {
    return node.localModels().files().find(ModelRef.EMBEDDED.model()).isPresent()
        ? ready("embedded model", ModelRef.EMBEDDED + " in " + node.home().models())
        : new Finding(
            "embedded model",
            State.ABSENT,
            ModelRef.EMBEDDED + " is fetched when it is first needed",
            Optional.of("./paddock models pull " + ModelRef.EMBEDDED));
  }

  private Finding remoteModels() {
    List<String> configured =
        Providers.from(environment).stream()
            .filter(ModelFactory::configured)
            .map(ModelFactory::provider)
            .toList();
    return configured.isEmpty()
        ? new Finding(
            "other models",
            State.ABSENT,
            "none configured",
            Optional.of(
                "set OPENAI_BASE_URL, OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY or OLLAMA_HOST"))
        : ready("other models", String.join(", ", configured) + " configured, not dialled");
  }

  private Finding program(String name, String use, String fix) {
    return onPath(name)
        ? ready(name, use)
        : new Finding(name, State.ABSENT, "not found: " + use, Optional.of(fix));
  }

  private boolean onPath(String program) {
    for (String folder : environment.getOrDefault("PATH", "").split(":")) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }

  private static Finding ready(String part, String detail) {
    return new Finding(part, State.READY, detail, Optional.empty());
  }

  private static String words(String constant) {
    return constant.toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
