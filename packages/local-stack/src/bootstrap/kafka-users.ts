/**
 * Who the broker of docker-compose.yml knows from the start, in the form that Java reads: itself, and `kafka_access`,
 * which makes the users of the services. These are kept by the broker, and log in by SCRAM.
 */
export const jaasConfig = (adminPassword: string): string => `KafkaServer {
  org.apache.kafka.common.security.scram.ScramLoginModule required;
  org.apache.kafka.common.security.plain.PlainLoginModule required
    username="admin" password="${adminPassword}" user_admin="${adminPassword}";
};
`;
