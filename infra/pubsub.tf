locals {
  # What is not handled after so many deliveries goes to the dead letters, where
  # it stays for a month until somebody has looked.
  topics = {
    glint-runs                  = { push = "run", ack_seconds = 600, minimum_backoff = "30s", dead_letters = "glint-dead-letters" }
    glint-landings              = { push = "rerun", ack_seconds = 60, minimum_backoff = "10s", dead_letters = "glint-landings-dead-letters" }
    glint-dead-letters          = {}
    glint-landings-dead-letters = {}
  }
  pushed    = { for name, t in local.topics : name => t if can(t.push) }
  topic_ids = { for name, t in google_pubsub_topic.main : name => "projects/${var.project}/topics/${t.name}" } # known when planned
  kept      = { for name, t in local.topics : name => t if !can(t.push) }
}

resource "google_pubsub_topic" "main" {
  for_each = local.topics

  name       = each.key
  depends_on = [google_project_service.main]
}

resource "google_pubsub_subscription" "push" {
  for_each = local.pushed

  name                       = "${each.key}-push"
  topic                      = local.topic_ids[each.key]
  ack_deadline_seconds       = each.value.ack_seconds # for a push: how long Pub/Sub waits for the answer
  message_retention_duration = "604800s"

  expiration_policy {
    ttl = "" # never: a workflow may run once a quarter
  }

  push_config {
    push_endpoint = google_cloud_run_v2_service.main[each.value.push].uri

    oidc_token {
      service_account_email = google_service_account.caller.email
      audience              = google_cloud_run_v2_service.main[each.value.push].uri
    }
  }

  retry_policy {
    minimum_backoff = each.value.minimum_backoff
    maximum_backoff = "600s"
  }

  dead_letter_policy {
    dead_letter_topic     = local.topic_ids[each.value.dead_letters]
    max_delivery_attempts = 30 # "no instance free" counts as one
  }

  # Pushes that come before the grant are attempts lost.
  depends_on = [google_cloud_run_v2_service_iam_member.caller, google_pubsub_topic_iam_member.dead_letters]
}

# Without a subscription dead letters would vanish.
resource "google_pubsub_subscription" "kept" {
  for_each = local.kept

  name                       = each.key
  topic                      = local.topic_ids[each.key]
  ack_deadline_seconds       = 60
  message_retention_duration = "2678400s" # 31 days

  expiration_policy {
    ttl = ""
  }
}

# Pub/Sub moves a message to the dead letters itself: it publishes it there and
# acknowledges it here.
resource "google_pubsub_topic_iam_member" "dead_letters" {
  for_each = local.kept

  topic  = local.topic_ids[each.key]
  role   = "roles/pubsub.publisher"
  member = local.pubsub_agent
}

resource "google_pubsub_subscription_iam_member" "push" {
  for_each = local.pushed

  subscription = google_pubsub_subscription.push[each.key].id
  role         = "roles/pubsub.subscriber"
  member       = local.pubsub_agent
}

resource "google_pubsub_topic_iam_member" "runner" {
  for_each = { for pair in setproduct(["glint-runs", "glint-dead-letters"], local.scoped["topics"]) : "${pair[0]} ${pair[1]}" => pair }

  topic  = local.topic_ids[each.value[0]]
  role   = each.value[1]
  member = google_service_account.runner.member
}

# Buckets tell of what is written to them.
resource "google_pubsub_topic_iam_member" "storage" {
  topic  = local.topic_ids["glint-landings"]
  role   = "roles/pubsub.publisher"
  member = data.google_storage_project_service_account.main.member
}

resource "google_storage_notification" "main" {
  for_each = toset([for name in var.event_depots : local.depots[name].bucket])

  bucket         = each.key
  topic          = local.topic_ids["glint-landings"]
  payload_format = "JSON_API_V1"
  event_types    = ["OBJECT_FINALIZE"]
  depends_on     = [google_pubsub_topic_iam_member.storage]
}
