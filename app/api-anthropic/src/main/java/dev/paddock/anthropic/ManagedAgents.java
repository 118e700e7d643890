package dev.paddock.anthropic;

import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Route;
import java.util.List;
import java.util.stream.Stream;

/** The routes of the Managed Agents API. */
final class ManagedAgents {
  private ManagedAgents() {}

  static List<Route> routes(Platform platform) {
    Records records = new Records(platform.resources(), platform.clock());
    SessionStore store = new SessionStore(platform);
    AgentStore agents = new AgentStore(records);
    AgentWire wire = new AgentWire(agents, new SkillWire(records), platform.models());
    NetworkPlan network = new NetworkPlan(store, platform.packageHosts());
    SessionCreation creation = new SessionCreation(platform, records, agents, wire, store, network);
    return Stream.of(
            new AgentsResource(records, agents, wire).routes(),
            new EnvironmentsResource(records, network, platform::manifest).routes(),
            new SessionsResource(platform, records, store, creation).routes(),
            new EventsResource(platform, records, store).routes(),
            new ThreadsResource(platform, records, store).routes(),
            new SessionResourcesResource(platform, records, store).routes(),
            new PortPreviewsResource(platform, store).routes(),
            new FilesResource(platform, records).routes(),
            new SkillsResource(platform, records).routes(),
            new VaultsResource(records).routes(),
            new CredentialsResource(platform, records).routes(),
            new MemoryStoresResource(records).routes(),
            new MemoriesResource(platform, records).routes(),
            new MemoryVersionsResource(platform, records).routes())
        .flatMap(List::stream)
        .toList();
  }
}
