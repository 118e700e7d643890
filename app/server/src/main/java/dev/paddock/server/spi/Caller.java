package dev.paddock.server.spi;

import dev.paddock.core.Principal;
import dev.paddock.core.WorkspaceId;
import java.util.Set;

/** Who sent a request, proven by its key. */
public record Caller(Principal principal, WorkspaceId workspace, Set<Route.Scope> scopes) {}
