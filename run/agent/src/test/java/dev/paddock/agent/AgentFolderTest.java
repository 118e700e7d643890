package dev.paddock.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.provider.spi.Effort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentFolderTest {
  private static final String SKILL =
      """
      ---
      name: receipts
      description: Reads receipts. Use for receipts.
      ---
      # Receipts

      Read them all.
      """;

  @TempDir private Path home;

  private Path folder(String name, String skill) throws IOException {
    Path folder = Files.createDirectories(home.resolve(name));
    Files.writeString(folder.resolve("SKILL.md"), skill);
    return folder;
  }

  private AgentDefinition yaml(String yaml) throws IOException {
    Path folder = folder("receipts", SKILL);
    Files.writeString(folder.resolve("schema.json"), "{\"type\":\"object\"}");
    Files.writeString(folder.resolve("agent.yaml"), yaml);
    return AgentFolder.read(folder);
  }

  private static String front(String lines) {
    return "---\nname: receipts\ndescription: Reads receipts.\n" + lines + "\n---\nBody.\n";
  }

  @Test
  void aSkillAloneIsAnAgentWithEveryTool() throws IOException {
    AgentDefinition agent = AgentFolder.read(folder("receipts", SKILL));
    assertThat(agent.name()).isEqualTo("receipts");
    assertThat(agent.description()).isEqualTo("Reads receipts. Use for receipts.");
    assertThat(agent.instructions()).isEqualTo("# Receipts\n\nRead them all.");
    assertThat(agent.tools()).isEmpty();
    assertThat(agent.steps()).isEmpty();
  }

  @Test
  void everyKeyIsRead() throws IOException {
    AgentDefinition agent =
        yaml(
            """
            model: local/smollm2-135m-instruct
            effort: high
            tools:
              extract:
                arguments:
                  glob: {const: "*.txt"}
                  limit: {maximum: 10}
                  verbose: false
              bash: {policy: always_ask}
              write:
            steps:
              - name: read
                tools: [extract]
                until: {called: extract}
                instructions: Extract now.
              - tools: [bash, write]
                until: {turns: 3}
              - name: answer
                tools: []
            output: schema.json
            environment:
              hosts: [example.org, "*.example.net:8443"]
              limits: {memory: 512MiB, processes: 64, cpu: 1.5, output: 100KB, command: 30}
            budget: {turns: 40, tokens: 100000, seconds: 600, usd: 0.5}
            """);
    assertThat(agent.model()).contains("local/smollm2-135m-instruct");
    assertThat(agent.effort()).contains(Effort.HIGH);
    assertThat(agent.tools().orElseThrow())
        .containsExactly(
            new ToolRule(
                "extract",
                ToolRule.Policy.ALWAYS_ALLOW,
                Map.of(
                    "glob", Json.tree("{\"const\":\"*.txt\"}"),
                    "limit", Json.tree("{\"maximum\":10}"),
                    "verbose", Json.tree("false"))),
            new ToolRule("bash", ToolRule.Policy.ALWAYS_ASK, Map.of()),
            ToolRule.allow("write"));
    assertThat(agent.steps())
        .containsExactly(
            new StepRule(
                "read",
                List.of("extract"),
                Optional.of("extract"),
                Optional.empty(),
                Optional.of("Extract now.")),
            new StepRule(
                "step 2",
                List.of("bash", "write"),
                Optional.empty(),
                Optional.of(3),
                Optional.empty()),
            new StepRule(
                "answer", List.of(), Optional.empty(), Optional.empty(), Optional.empty()));
    assertThat(agent.output()).contains(Json.object().put("type", "object"));
    assertThat(agent.environment().hosts())
        .containsExactly(HostRule.of("example.org"), HostRule.of("*.example.net:8443"));
    EnvironmentRule.Limits limits = agent.environment().limits();
    assertThat(limits.memory()).contains(512L << 20);
    assertThat(limits.processes()).contains(64);
    assertThat(limits.cpu()).contains(1.5);
    assertThat(limits.output()).contains(100_000L);
    assertThat(limits.command()).contains(30);
    assertThat(limits.file()).isEmpty();
    assertThat(agent.budget())
        .isEqualTo(
            new Budget(
                Optional.of(40), Optional.of(100_000L), Optional.of(600L), Optional.of(0.5)));
  }

  @Test
  void theDocumentGivesTheSameAgentBack() throws IOException {
    AgentDefinition agent =
        yaml(
            """
            effort: low
            tools: {extract: {arguments: {glob: {const: a}, x: false}}, bash: }
            steps: [{tools: [extract], until: {called: extract}}]
            output: schema.json
            environment: {hosts: [a.example], limits: {memory: 1GiB}}
            budget: {turns: 3}
            """);
    JsonNode stored = Json.tree(Json.write(agent.toDocument()));
    assertThat(AgentDefinition.fromDocument(stored)).isEqualTo(agent);
  }

  @Test
  void aDocumentOfALaterReleaseIsRefused() {
    JsonNode later = Json.object().put("version", 2);
    assertThatThrownBy(() -> AgentDefinition.fromDocument(later))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NEWER_VERSION));
  }

  @Test
  void toolsMayBeAListOfNames() throws IOException {
    assertThat(yaml("tools: [bash, read]").tools())
        .contains(List.of(ToolRule.allow("bash"), ToolRule.allow("read")));
  }

  @Test
  void allowedToolsAreTheOpenTools() throws IOException {
    AgentDefinition agent =
        AgentFolder.read(folder("receipts", front("allowed-tools: Read Bash(git add:*), extract")));
    assertThat(agent.tools().orElseThrow())
        .containsExactly(
            ToolRule.allow("read"),
            new ToolRule("bash", ToolRule.Policy.ALWAYS_ASK, Map.of()),
            ToolRule.allow("extract"));
  }

  @Test
  void aToolThatTheSkillHasNotApprovedAsks() throws IOException {
    Path folder = folder("receipts", front("allowed-tools: read"));
    Files.writeString(
        folder.resolve("agent.yaml"), "tools: {read: , write: , bash: {policy: always_allow}}");
    assertThat(AgentFolder.read(folder).tools().orElseThrow())
        .containsExactly(
            ToolRule.allow("read"),
            new ToolRule("write", ToolRule.Policy.ALWAYS_ASK, Map.of()),
            ToolRule.allow("bash"));
  }

  @Test
  void furtherModelsAndGuardrails() throws IOException {
    Path folder = Files.createDirectories(home.resolve("receipts"));
    Files.writeString(folder.resolve("object.json"), "{\"type\":\"object\"}");
    AgentDefinition agent =
        yaml(
            """
            judge: a/judge
            fallback: {models: [a/b, c/d], on: [rate_limited, refusal]}
            compact_at: 0.5
            guardrails:
              input:
                - {kind: secrets, action: rewrite}
              output:
                - {name: shape, kind: schema, schema: object.json, action: block}
                - {kind: regex, pattern: "x+", replacement: y, action: rewrite}
                - {kind: judge, question: "Is it rude?", action: pause}
            """);
    assertThat(agent.judge()).contains("a/judge");
    assertThat(agent.fallback())
        .isEqualTo(
            new Fallback(
                List.of("a/b", "c/d"), List.of(Fallback.On.RATE_LIMITED, Fallback.On.REFUSAL)));
    assertThat(agent.compactAt()).contains(0.5);
    assertThat(agent.guardrails().input())
        .containsExactly(
            new Guardrail("input 1", new Guardrail.Check.Secrets(), Guardrail.Action.REWRITE));
    assertThat(agent.guardrails().output())
        .extracting(Guardrail::name)
        .containsExactly("shape", "output 2", "output 3");
    assertThat(AgentDefinition.fromDocument(agent.toDocument())).isEqualTo(agent);
  }

  @Test
  void aDocumentOfAnEarlierReleaseStillReads() {
    AgentDefinition agent = AgentDefinition.of("old", "Old.", "Work.");
    ObjectNode document = agent.toDocument();
    document.remove(List.of("judge", "fallback", "compactAt", "guardrails"));
    assertThat(AgentDefinition.fromDocument(document)).isEqualTo(agent);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          modell: x                                  | 1 | unknown key "modell"; allowed: model, effort, tools
          effort: huge                               | 1 | effort is none, low, medium, high or max, not "huge"
          model: [a]                                 | 1 | model must be a text, not a list
          tools: bash                                | 1 | tools must be a list of names or a mapping
          tools: {bash: {polcy: always_ask}}         | 1 | unknown key "polcy" in the tool "bash"
          tools: {bash: {policy: never}}             | 1 | policy is always_allow, always_ask or auto
          tools: {bash: {arguments: {command: ls}}}  | 1 | the argument "command": write a schema
          tools: {bash: {arguments: {c: {type: 7}}}} | 1 | the argument "c"
          steps: {a: b}                              | 1 | steps must be a list
          steps: [{tools: [bash], til: 3}, {tools: []}] | 1 | unknown key "til" in step 1
          steps: [{tools: [bash]}, {tools: []}]      | 1 | step 1 needs one end
          steps: [{tools: [a], until: {called: b}}]  | 1 | step 1 waits for a call of "b"
          steps: [{tools: [a], until: {turns: 0}}]   | 1 | turns in until must be a whole number from 1
          output: ../secret.json                     | 1 | leads out of the agent's folder
          output: /etc/passwd                        | 1 | leads out of the agent's folder
          output: none.json                          | 1 | is no file of the agent's folder
          output: broken.json                        | 1 | broken.json is no JSON Schema
          output: wrong.json                         | 1 | wrong.json is no JSON Schema
          output: link.json                          | 1 | is a link that leads out
          environment: {host: [a]}                   | 1 | unknown key "host" in environment
          environment: {hosts: ["http://a/b"]}       | 1 | is no host
          environment: {ask: maybe}                  | 1 | ask in environment must be true or false
          environment: {hosts: [{hots: a}]}          | 1 | unknown key "hots" in a host
          environment: {hosts: [{ports: [1]}]}       | 1 | a host's mapping needs "host"
          environment: {hosts: [{host: a, ports: [0]}]} | 1 | is no port
          environment: {hosts: [{host: a, methods: [get]}]} | 1 | is not a method in capitals
          environment: {hosts: [{host: a, paths: [x]}]} | 1 | is not a path that begins with /
          environment: {hosts: [{host: "*", paths: [/x]}]} | 1 | takes nothing beside it
          environment: {limits: {memory: lots}}      | 1 | memory in limits must be a size such as 512MiB
          environment: {limits: {cpus: 2}}           | 1 | unknown key "cpus" in limits
          budget: {turns: -1}                        | 1 | turns in budget must be a whole number from 1
          budget: {usd: free}                        | 1 | usd in budget must be a number above 0
          fallback: []                               | 1 | fallback names one to 8 model references
          fallback: {models: [a/b], on: [sunday]}    | 1 | on in fallback: "sunday" is none of exhausted
          compact_at: 80                             | 1 | compact_at must be a number between 0 and 1
          guardrails: {middle: []}                   | 1 | unknown key "middle" in guardrails
          guardrails: {input: [{kind: magic, action: block}]} | 1 | kind of a guardrail is schema
          guardrails: {input: [{kind: secrets}]}     | 1 | action of a guardrail is block, pause
          guardrails: {input: [{kind: regex, pattern: "(", action: block}]} | 1 | needs a valid pattern
          guardrails: {output: [{kind: judge, action: pause}]} | 1 | needs a question
          guardrails: {output: [{kind: schema, schema: none.json, action: block}]} | 1 | is no file
          [a, b]                                     | 1 | the file must be a mapping, not a list
          """)
  void whatIsWrongIsNamedWithItsLine(String yaml, int line, String message) throws IOException {
    Files.writeString(home.resolve("secret.json"), "{}");
    Path folder = Files.createDirectories(home.resolve("receipts"));
    Files.writeString(folder.resolve("broken.json"), "{\"type\":");
    Files.writeString(folder.resolve("wrong.json"), "{\"type\":\"objekt\"}");
    if (Files.notExists(folder.resolve("link.json"))) {
      Files.createSymbolicLink(folder.resolve("link.json"), home.resolve("secret.json"));
    }
    assertThatThrownBy(() -> yaml(yaml))
        .isInstanceOf(AgentException.class)
        .hasMessageStartingWith("agent.yaml:%d: ".formatted(line))
        .hasMessageContaining(message);
  }

  @Test
  void everyViolationHasItsOwnLine() {
    assertThatThrownBy(() -> yaml("model: a\nfoo: 1\n\nbudget:\n  turns: x\n  bar: 2\n"))
        .hasMessageContaining("agent.yaml:2: unknown key \"foo\"")
        .hasMessageContaining("agent.yaml:5: turns in budget")
        .hasMessageContaining("agent.yaml:6: unknown key \"bar\" in budget");
  }

  @Test
  void aStepMayOnlyOpenToolsThatAreNamed() {
    assertThatThrownBy(
            () -> yaml("tools: [read]\nsteps:\n  - tools: [bash]\n    until: {called: bash}\n"))
        .hasMessageContaining("agent.yaml:3: step 1 opens the tool \"bash\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a: &x [1]\nb: *x",
        "tools: &bomb {a: {}}",
        "model: !!javax.script.ScriptEngineManager x",
        "model: a\nmodel: b",
        "model: a\n---\nmodel: b",
        "model: {",
        "model: \"\\q\"",
        "? [complex]\n: key",
        "\tmodel: a",
        "model: '\u0000'",
      })
  void hostileOrBrokenYamlIsOneClearLine(String yaml) {
    assertThatThrownBy(() -> yaml(yaml))
        .isInstanceOf(AgentException.class)
        .message()
        .startsWith("agent.yaml:")
        .hasLineCount(1);
  }

  @Test
  void deepAndHugeYamlIsRefused() {
    assertThatThrownBy(() -> yaml("model: " + "[".repeat(5_000)))
        .isInstanceOf(AgentException.class)
        .hasMessageContaining("agent.yaml:");
    assertThatThrownBy(() -> yaml("tools: [" + "a,".repeat(20_000) + "a]"))
        .isInstanceOf(AgentException.class)
        .hasMessageContaining("more than 10,000 values");
    assertThatThrownBy(() -> yaml("#".repeat(70_000)))
        .isInstanceOf(AgentException.class)
        .hasMessageContaining("agent.yaml is larger than");
  }

  @Test
  void aFileThatIsNoTextIsRefused() throws IOException {
    Path folder = folder("receipts", SKILL);
    Files.write(folder.resolve("SKILL.md"), new byte[] {'-', '-', '-', '\n', (byte) 0xff});
    assertThatThrownBy(() -> AgentFolder.read(folder)).hasMessage("SKILL.md is not UTF-8 text");
  }

  @Test
  void aHugeSkillIsRefused() throws IOException {
    Path folder = folder("receipts", SKILL + "x".repeat(1 << 20));
    assertThatThrownBy(() -> AgentFolder.read(folder)).hasMessageContaining("larger than");
  }

  @Test
  void aSkillBehindALinkIsRefused() throws IOException {
    Path outside = home.resolve("outside.md");
    Files.write(outside, SKILL.getBytes(StandardCharsets.UTF_8));
    Path folder = Files.createDirectories(home.resolve("receipts"));
    Files.createSymbolicLink(folder.resolve("SKILL.md"), outside);
    assertThatThrownBy(() -> AgentFolder.read(folder)).hasMessageContaining("link that leads out");
  }

  @Test
  void whatIsNoAgentIsNamed() throws IOException {
    assertThatThrownBy(() -> AgentFolder.read(home.resolve("none")))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND))
        .hasMessageContaining("there is no agent folder");
    assertThatThrownBy(() -> AgentFolder.read(home)).hasMessageContaining("has no SKILL.md");
    Path file = Files.writeString(home.resolve("file"), "x");
    assertThatThrownBy(() -> AgentFolder.read(file)).hasMessageContaining("is a file");
  }
}
