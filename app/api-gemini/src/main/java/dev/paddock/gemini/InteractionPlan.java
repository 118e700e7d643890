package dev.paddock.gemini;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.AgentDefinition;
import dev.paddock.agent.Budget;
import dev.paddock.agent.EnvironmentRule;
import dev.paddock.agent.SessionDocument;
import dev.paddock.agent.ToolRule;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.WorkspaceFiles;
import dev.paddock.server.spi.Caller;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Turns a request into the document of the session that answers it. */
final class InteractionPlan {
  private static final int TITLE = 80;

  private final Platform platform;
  private final Agents agents;
  private final Environments environments;

  InteractionPlan(Platform platform, Agents agents, Environments environments) {
    this.platform = platform;
    this.agents = agents;
    this.environments = environments;
  }

  /** The document, and the environment by its id where one was asked for. */
  record Planned(ObjectNode document, Optional<String> environment) {}

  /** Everything is checked before an environment is made. */
  Planned of(InteractionRequest request, Optional<SessionRecord> previous, Caller caller)
      throws IOException {
    Optional<AgentSpec> agent = request.agent().map(name -> agents.resolve(name, caller));
    Tools tools = tools(request, agent);
    List<ToolRule> rules =
        tools.rules(agent.isPresent(), request.generation().allowedTools(), "tools");
    if (request.generation().settings().mustCall() && tools.codeExecution()) {
      throw ServerException.invalid(
          "generation_config.tool_choice",
          "any goes with functions only: with code_execution the answer would never come");
    }
    AgentConfig config =
        request.config().orElse(agent.map(AgentSpec::config).orElse(AgentConfig.NONE));
    Optional<String> model = request.model().or(config::model).or(platform::defaultModel);
    model.ifPresent(platform.models()::resolve);
    Optional<Resource> environment =
        environment(request, agent, previous, caller, tools.codeExecution());
    Environments.Place place =
        environment.map(Environments::placeOf).orElseGet(() -> unnamed(previous));
    AgentDefinition definition =
        new AgentDefinition(
            "",
            "",
            instructions(request, agent, environment),
            model,
            request.generation().effort(),
            Optional.of(rules),
            List.of(),
            request.output(),
            EnvironmentRule.of(place.hosts()),
            new Budget(Optional.empty(), config.maxTokens(), Optional.empty(), Optional.empty()));
    ObjectNode document = SessionDocument.of(definition).into(Json.object());
    document.set("client_tools", Json.tree(tools.functions()));
    document.set("variables", Json.tree(place.variables()));
    document.put("workspace", place.workspace());
    document.put("title", title(request));
    request.generation().settings().into(document);
    return new Planned(document, environment.map(Resource::id));
  }

  private static Tools tools(InteractionRequest request, Optional<AgentSpec> agent) {
    Tools asked = request.tools().orElse(Tools.NONE);
    return agent.map(spec -> spec.tools().and(asked, "tools")).orElse(asked);
  }

  /** The one asked for; else that of the interaction before; else the agent's. */
  private Optional<Resource> environment(
      InteractionRequest request,
      Optional<AgentSpec> agent,
      Optional<SessionRecord> previous,
      Caller caller,
      boolean used)
      throws IOException {
    if (request.environment().isPresent()) {
      return Optional.of(environments.take(request.environment().get(), caller));
    }
    Optional<String> before =
        previous.map(InteractionMark::of).flatMap(InteractionMark::environment);
    if (before.isPresent()) {
      return used
          ? Optional.of(environments.require(before.get(), caller))
          : platform.resources().find(Environments.KIND, before.get());
    }
    if (previous.isEmpty() && agent.isPresent() && agent.get().environment().isPresent()) {
      EnvironmentChoice base =
          EnvironmentChoice.read(agent.get().environment().get(), "base_environment");
      return Optional.of(environments.take(base, caller));
    }
    return Optional.empty();
  }

  private static Environments.Place unnamed(Optional<SessionRecord> previous) {
    Environments.Place fresh = Environments.unnamed();
    Optional<String> before =
        previous
            .filter(session -> InteractionMark.of(session).environment().isEmpty())
            .flatMap(session -> SessionDocument.read(session.document()).workspace());
    return new Environments.Place(
        before.orElse(fresh.workspace()), fresh.hosts(), fresh.variables());
  }

  private String instructions(
      InteractionRequest request, Optional<AgentSpec> agent, Optional<Resource> environment) {
    if (agent.isEmpty()) {
      return request.instructions().orElse("");
    }
    Optional<WorkspaceFiles> files =
        environment.map(found -> platform.runner().workspaceFiles(found.id()));
    return Instructions.of(agent.get().instructions(), request.instructions(), files);
  }

  private static String title(InteractionRequest request) {
    String text =
        request.input().stream()
            .filter(InputItem.User.class::isInstance)
            .map(item -> ContentBlock.textOf(((InputItem.User) item).content()))
            .filter(said -> !said.isBlank())
            .findFirst()
            .orElse("")
            .strip();
    int end =
        text.codePointCount(0, text.length()) > TITLE
            ? text.offsetByCodePoints(0, TITLE)
            : text.length();
    return text.substring(0, end);
  }
}
