// The usual Node stack: graphql-ws over ws, one execution for each subscriber of each alert. The fields and their lengths
// are those of the server's own feed. It prints `listening PORT`, and publishes what lines on its input say:
// `publish ORGANIZATION NUMBER`. It authorizes nobody, repeats nothing and remembers nothing, which is in its favor.
import { createInterface } from "node:readline";
import { GraphQLEnumType, GraphQLID, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";

// What waits for one subscriber, as the PubSub of graphql-subscriptions keeps it.
class Queue {
  constructor(topic) {
    this.topic = topic;
    this.values = [];
    this.waiting = null;
    topic.add(this);
  }
  push(value) {
    if (this.waiting) {
      const resolve = this.waiting;
      this.waiting = null;
      resolve({ value, done: false });
    } else {
      this.values.push(value);
    }
  }
  next() {
    if (this.values.length > 0) return Promise.resolve({ value: this.values.shift(), done: false });
    return new Promise((resolve) => (this.waiting = resolve));
  }
  return() {
    this.topic.delete(this);
    this.waiting?.({ value: undefined, done: true });
    return Promise.resolve({ value: undefined, done: true });
  }
  [Symbol.asyncIterator]() {
    return this;
  }
}

const topics = new Map();
const topic = (organization) => {
  if (!topics.has(organization)) topics.set(organization, new Set());
  return topics.get(organization);
};

const text = (type) => ({ type: new GraphQLNonNull(type) });
const Stage = new GraphQLEnumType({ name: "OpportunityStage", values: { PROSPECT: {}, QUALIFIED: {} } });
const Change = new GraphQLEnumType({ name: "AlertChange", values: { STAGE_CHANGED: {} } });
const Organization = new GraphQLObjectType({ name: "Organization", fields: { slug: text(GraphQLString) } });
const Actor = new GraphQLObjectType({ name: "Actor", fields: { organization: { type: Organization } } });
const Opportunity = new GraphQLObjectType({
  name: "Opportunity",
  fields: { id: text(GraphQLID), title: text(GraphQLString), stage: text(Stage) },
});
const Invitation = new GraphQLObjectType({
  name: "Invitation",
  fields: { id: text(GraphQLID), status: text(GraphQLString), opportunityTitle: text(GraphQLString) },
});
const shared = { id: text(GraphQLID), occurredAt: text(GraphQLString), actor: { type: Actor } };
const Alert = new GraphQLInterfaceType({ name: "Alert", fields: shared, resolveType: () => "OpportunityAlert" });
const OpportunityAlert = new GraphQLObjectType({
  name: "OpportunityAlert",
  interfaces: [Alert],
  fields: { ...shared, opportunity: { type: Opportunity }, change: text(Change) },
});
const InvitationAlert = new GraphQLObjectType({
  name: "InvitationAlert",
  interfaces: [Alert],
  fields: { ...shared, invitation: { type: Invitation } },
});
const AlertFilter = new GraphQLInputObjectType({ name: "AlertFilter", fields: { kinds: { type: GraphQLString } } });
const CoSellAlert = new GraphQLObjectType({ name: "CoSellAlert", fields: { cursor: text(GraphQLString), alert: text(Alert) } });
const schema = new GraphQLSchema({
  query: new GraphQLObjectType({ name: "Query", fields: { ok: { type: GraphQLString } } }),
  subscription: new GraphQLObjectType({
    name: "Subscription",
    fields: {
      coSellAlerts: {
        type: CoSellAlert,
        args: { after: { type: GraphQLString }, filter: { type: AlertFilter } },
        subscribe: (_root, _args, context) => new Queue(topic(context.connectionParams.authorization)),
        resolve: (event) => event,
      },
    },
  }),
  types: [OpportunityAlert, InvitationAlert],
});

const server = new WebSocketServer({ port: 0, host: "127.0.0.1", path: "/graphql", backlog: 4096 });
useServer({ schema, context: (context) => context }, server);
server.on("listening", () => console.log(`listening ${server.address().port}`));

createInterface({ input: process.stdin }).on("line", (line) => {
  const [word, organization, number] = line.split(" ");
  if (word !== "publish") return;
  const digits = BigInt(number).toString(16).padStart(32, "0");
  const event = {
    cursor: `AQ${digits}`.padEnd(44, "A"),
    alert: {
      id: `alt_${digits}`,
      occurredAt: new Date().toISOString(),
      actor: { organization: { slug: "company-000" } },
      opportunity: { id: `opp_${digits}`, title: "Deal of company-000", stage: "QUALIFIED" },
      change: "STAGE_CHANGED",
    },
  };
  for (const queue of topic(`Bearer ${organization}`)) queue.push(event);
}).on("close", () => process.exit(0));
