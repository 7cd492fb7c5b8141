import type { Model } from "@/lib/contracts/models";
import type {
  CreateProviderInput,
  Provider,
  ProviderList,
  ProviderTest,
  TestProviderInput,
  UpdateProviderInput,
} from "@/lib/contracts/providers";
import type { ModelAccess } from "@/server/copilot/types";
import type { Actor, OwnerId } from "@/server/platform/scope";

/** Whose providers: a person's, or everybody's (null). */
export type Whose = OwnerId | null;

/** What can be done about a person's own providers, or, by administrators, about everybody's. Each change comes with its line
 *  in the audit log, both or neither. All but `list` and `create` throw `provider_not_found` where there is no such one. */
export type ProviderDesk = {
  list(actor: Actor): Promise<ProviderList>;
  /** Throws `address_closed`, `provider_limit`. */
  create(actor: Actor, input: CreateProviderInput): Promise<Provider>;
  /** Throws `address_closed`, `provider_changed` where it is not the version that was edited, and `provider_secret_needed`
   *  where stored secrets would be sent to another server than the one for which they were given. */
  update(actor: Actor, input: UpdateProviderInput): Promise<Provider>;
  /** Sessions on its models say so with their next prompt. */
  delete(actor: Actor, providerId: string): Promise<void>;
  /** Asks one of its models for one token, by the rules and in the words of any other call. */
  test(actor: Actor, input: TestProviderInput): Promise<ProviderTest>;
};

export type Providers = {
  own: ProviderDesk;
  shared: ProviderDesk;
  /** The models of this person's providers, and of everybody's, that are switched on. */
  models(owner: OwnerId): Promise<Model[]>;
  /** With what a session of this person asks `model` (null: the CLI's choice of Copilot's): the one thing that it may be
   *  asked with. Throws `provider_not_available` and `address_closed`, or what `copilotIdentity` throws. */
  access(owner: OwnerId, model: string | null): Promise<ModelAccess>;
};
