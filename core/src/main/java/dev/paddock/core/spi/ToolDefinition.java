package dev.paddock.core.spi;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What a model is told of a tool.
 *
 * @param inputSchema a JSON Schema of type object
 * @param readOnly it changes nothing
 */
public record ToolDefinition(
    String name, String description, ObjectNode inputSchema, boolean readOnly) {
  public ToolDefinition withInputSchema(ObjectNode schema) {
    return new ToolDefinition(name, description, schema, readOnly);
  }
}
