"""URLs of the advertisers' pages."""

from django.urls import path

from vitrine.surfaces.promote.views import (
    accounts,
    authorisations,
    beside,
    boosts,
    campaigns,
    figures,
    forecasts,
    groups,
    limits,
    money,
    people,
    programs,
    sold,
)

app_name = "promote"

CAMPAIGN = "<public_id:advertiser_id>/campaigns/<public_id:campaign_id>"
GROUP = "<public_id:advertiser_id>/groups/<public_id:group_id>"
AD = "<public_id:advertiser_id>/ads/<public_id:ad_id>"

urlpatterns = [
    path("", accounts.accounts, name="accounts"),
    path("open/", accounts.opened, name="open"),
    path("clips/<public_id:clip_id>/", boosts.boost, name="boost"),
    path("clips/<public_id:clip_id>/forecast/", forecasts.boost, name="boost-forecast"),
    path("authorisations/<str:key>/", authorisations.taken, name="taken"),
    path("<public_id:advertiser_id>/", campaigns.home, name="home"),
    path("<public_id:advertiser_id>/money/", money.wallet, name="money"),
    path("<public_id:advertiser_id>/money/back/", money.give_back, name="give-back"),
    path("<public_id:advertiser_id>/money/limit/", limits.limit, name="limit"),
    path("deposits/<public_id:deposit_id>", money.deposit, name="deposit"),
    path("deposits/<public_id:deposit_id>/outcome", money.outcome, name="outcome"),
    path("<public_id:advertiser_id>/figures/", figures.table, name="figures"),
    path("<public_id:advertiser_id>/figures.csv", figures.sheet, name="figures-csv"),
    path("<public_id:advertiser_id>/beside/", beside.avoided, name="beside"),
    path("<public_id:advertiser_id>/sold.csv", sold.total, name="total-csv"),
    path("<public_id:advertiser_id>/programs/", programs.programs, name="programs"),
    path(
        "<public_id:advertiser_id>/programs/tokens/<public_id:token_id>/revocation/",
        programs.revocation,
        name="revocation",
    ),
    path("<public_id:advertiser_id>/name/", accounts.name, name="name"),
    path("<public_id:advertiser_id>/people/", people.listing, name="people"),
    path("<public_id:advertiser_id>/campaigns/new/", campaigns.new, name="new"),
    path("<public_id:advertiser_id>/preview/", groups.preview, name="preview"),
    path("<public_id:advertiser_id>/forecast/", forecasts.campaign, name="forecast"),
    path(f"{CAMPAIGN}/forecast/", forecasts.group, name="group-forecast"),
    path(f"{CAMPAIGN}/", campaigns.campaign, name="campaign"),
    path(f"{CAMPAIGN}/standing/", campaigns.standing, name="standing"),
    path(f"{CAMPAIGN}/sold.csv", sold.campaign, name="sold-csv"),
    path(f"{CAMPAIGN}/groups/", groups.new, name="new-group"),
    path(f"{GROUP}/", groups.group, name="group"),
    path(f"{GROUP}/standing/", groups.group_standing, name="group-standing"),
    path(f"{GROUP}/ads/", groups.new_ad, name="new-ad"),
    path(f"{AD}/", groups.ad, name="ad"),
    path(f"{AD}/standing/", groups.ad_standing, name="ad-standing"),
]
