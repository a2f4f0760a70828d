/* The landing feature's own parts: the front page, what operators ask for, search, and what people are told. */
#pragma once
#include "features/feature.h"
#include "features/landing/views.h"
#include "http/response.h"

enum err landing_page(struct request *request, struct response *response);
enum err landing_robots(struct request *request, struct response *response);
enum err landing_health(struct request *request, struct response *response);
enum err landing_ready(struct request *request, struct response *response);
enum err landing_search(struct request *request, struct response *response);
enum err landing_notifications(struct request *request, struct response *response);
enum err landing_notification_open(struct request *request, struct response *response);
enum err landing_notifications_read(struct request *request, struct response *response);
enum err landing_live(struct request *request, struct response *response);
enum err landing_theme(struct request *request, struct response *response);
enum err landing_suggest_roles(struct request *request, struct response *response);
enum err landing_suggest_locations(struct request *request, struct response *response);
enum err landing_suggest_skills(struct request *request, struct response *response);

#define NOTIFICATIONS_PAGE 30
