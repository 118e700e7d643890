package dev.paddock.node;

import dev.paddock.agent.AgentDefinition;
import dev.paddock.agent.EnvironmentRule;
import dev.paddock.agent.HandsSource;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Hands;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.Tool;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.extract.ExtractTool;
import dev.paddock.sandbox.FileJournal;
import dev.paddock.sandbox.LazySandbox;
import dev.paddock.sandbox.LocalHands;
import dev.paddock.sandbox.SandboxTools;
import dev.paddock.sandbox.Workspace;
import dev.paddock.sandbox.spi.Limits;
import dev.paddock.sandbox.spi.ReadOnlyMount;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The hands of sessions on this machine: a workspace, its box, its journal, and the tools on them.
 */
final class TaskHands implements HandsSource, AutoCloseable {
  private final Node node;
  private final TaskFolders folders;
  private final Map<SessionId, Open> open = new HashMap<>();

  TaskHands(Node node, TaskFolders folders) {
    this.node = node;
    this.folders = folders;
  }

  private record Open(Workspace workspace, LocalHands hands, List<ToolDefinition> definitions) {}

  @Override
  public Hands open(SessionRecord session, AgentDefinition agent) {
    return of(session.id(), agent).hands();
  }

  /** What the hands of a session can do. Its box is not started for this. */
  List<ToolDefinition> definitions(SessionId session, AgentDefinition agent) {
    return of(session, agent).definitions();
  }

  private synchronized Open of(SessionId session, AgentDefinition agent) {
    return open.computeIfAbsent(session, id -> make(id, agent));
  }

  private Open make(SessionId session, AgentDefinition agent) {
    TaskRecord record = folders.record(session);
    List<ReadOnlyMount> skills =
        List.of(new ReadOnlyMount(record.agent(), TaskFolders.SKILLS + "/" + agent.name()));
    Limits limits = limits(agent.environment().limits());
    Workspace workspace =
        Workspace.open(folders.workspace(session), skills, limits.workspaceBytes());
    SandboxSpec spec =
        SandboxSpec.of(folders.workspace(session)).withMounts(skills).withLimits(limits);
    LazySandbox sandbox = new LazySandbox(() -> node.sandboxes().start(spec));
    List<Tool> tools = new ArrayList<>(SandboxTools.all(workspace, sandbox));
    tools.add(new ExtractTool(workspace, new TaskModels(node).choose(agent.model()).model()));
    FileJournal journal = FileJournal.open(folders.journal(session), node.store().blobs());
    return new Open(
        workspace,
        new LocalHands(tools, journal, sandbox),
        tools.stream().map(Tool::definition).toList());
  }

  private static Limits limits(EnvironmentRule.Limits asked) {
    Limits usual = Limits.DEFAULT;
    try {
      return limits(asked, usual);
    } catch (IllegalArgumentException e) {
      throw new NodeException(
          ErrorCode.INVALID_REQUEST, "agent.yaml, environment.limits: " + e.getMessage(), e);
    }
  }

  private static Limits limits(EnvironmentRule.Limits asked, Limits usual) {
    return new Limits(
        asked.memory().orElse(usual.memoryBytes()),
        asked.processes().orElse(usual.processes()),
        asked.workspace().orElse(usual.workspaceBytes()),
        asked.file().orElse(usual.fileSizeBytes()),
        asked.openFiles().orElse(usual.openFiles()),
        usual.cpuSeconds(),
        asked.cpu(),
        asked.command().map(Duration::ofSeconds).orElse(usual.wallTime()),
        asked.output().orElse(usual.outputBytes()));
  }

  /** Ends a session's box and lets go of its files. */
  synchronized void release(SessionId session) {
    Optional.ofNullable(open.remove(session)).ifPresent(TaskHands::close);
  }

  private static void close(Open opened) {
    opened.hands().close();
    opened.workspace().close();
  }

  @Override
  public synchronized void close() {
    open.values().forEach(TaskHands::close);
    open.clear();
  }
}
