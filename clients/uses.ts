// Reads the generated types as a front end would: what is nullable must be asked for, what is not must not.
import type { ProgramDirectoryQuery, PartnerPageQuery } from "./made/types";

export function partnerNames(answer: ProgramDirectoryQuery): string[] {
  const partners = answer.program?.partners?.edges ?? [];
  return partners.map((edge) => edge.node.organization?.name ?? "(not public)");
}

export function cursor(answer: ProgramDirectoryQuery): string | null {
  const page = answer.program?.partners?.pageInfo;
  return page?.hasNextPage ? (page.endCursor ?? null) : null;
}

export function headline(answer: PartnerPageQuery): string {
  return answer.organization?.profile?.headline ?? "";
}
