package dev.paddock.node;

import dev.paddock.agent.AgentDefinition;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Hands;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.Tool;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.extract.ExtractTool;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.sandbox.LocalHands;
import dev.paddock.sandbox.PortExposer;
import dev.paddock.sandbox.SandboxTools;
import dev.paddock.sandbox.SharedJournal;
import dev.paddock.sandbox.spi.ShellRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** What a session's agent works with in an open place. */
record SessionTools(OpenPlace place, List<Tool> tools) {
  SessionTools {
    tools = List.copyOf(tools);
  }

  /**
   * @param owner the session that works there, itself or by its threads
   */
  static SessionTools of(
      Node node, SessionRecord session, AgentDefinition agent, OpenPlace place, SessionId owner) {
    List<Tool> tools =
        new ArrayList<>(SandboxTools.all(place.workspace(), place.sandbox(), shell(session)));
    tools.addAll(
        SandboxTools.named(
            place.workspace(), place.sandbox(), () -> seesImages(node, agent.model())));
    tools.add(
        SandboxTools.exposePort(
            place.sandbox(),
            (port, life) -> {
              PortPreviews.Opened opened = node.previews().open(owner, port, life);
              return new PortExposer.Exposed(opened.url(), opened.known().expiresAt());
            }));
    if (mayExtract(agent)) {
      tools.add(
          new ExtractTool(place.workspace(), new TaskModels(node).choose(agent.model()).model()));
    }
    tools.addAll(WebTools.of(node, session.id(), place.egress()::client));
    return new SessionTools(place, tools);
  }

  /** Some tools are there for agents that name them only. */
  static boolean offered(String tool, AgentDefinition agent) {
    return (!SandboxTools.NAMED.contains(tool) || agent.rule(tool).isPresent())
        && WebTools.offered(tool, agent);
  }

  List<ToolDefinition> definitions() {
    return tools.stream().map(Tool::definition).toList();
  }

  /** Runs them, each call once, with all that comes before and after. */
  Hands hands(SharedJournal journal) {
    Hands hands =
        new EgressHands(new LocalHands(tools, journal, place.workspace()), place.egress());
    List<ToolDefinition> definitions = definitions();
    Predicate<String> writes =
        name -> definitions.stream().noneMatch(tool -> tool.name().equals(name) && tool.readOnly());
    Hands whole =
        place.memory().<Hands>map(memory -> new MemoryHands(hands, memory, writes)).orElse(hands);
    Hands complete =
        place
            .repositories()
            .<Hands>map(repositories -> new PreparedHands(whole, repositories::require))
            .orElse(whole);
    return place
        .manifest()
        .<Hands>map(manifest -> new PreparedHands(complete, manifest::require))
        .orElse(complete);
  }

  /** A thread has one of its own, so that it waits for no other and keeps its own directory. */
  static String shell(SessionRecord session) {
    return session.parent().isPresent() ? session.id().value() : ShellRequest.MAIN;
  }

  private static boolean seesImages(Node node, Optional<String> model) {
    return new TaskModels(node)
        .choose(model)
        .model()
        .description()
        .can(ModelDescription.Capability.IMAGES);
  }

  private static boolean mayExtract(AgentDefinition agent) {
    return agent.tools().isEmpty() || agent.rule("extract").isPresent();
  }
}
