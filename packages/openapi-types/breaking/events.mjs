/**
 * The events of an AsyncAPI document, as an OpenAPI document that has the operation `EVENT /<channel>/<message>` for each. What is
 * published is read by consumers of the release before, and what that published is still in the topic: so each event is request
 * and reply at once, and only what is optional may be added.
 */
export function eventsAsOperations({ channels, components }) {
  const paths = Object.entries(channels).flatMap(([channel, { messages }]) =>
    Object.keys(messages).map((name) => {
      const content = { 'application/json': { schema: components.messages[name].payload } };
      const responses = { 200: { description: name, content } };
      return [
        `/${channel}/${name}`,
        { post: { requestBody: { required: true, content }, responses, security: [] } },
      ];
    }),
  );
  return {
    openapi: '3.1.0',
    info: { title: 'events', version: '1' },
    paths: Object.fromEntries(paths),
    components,
  };
}
